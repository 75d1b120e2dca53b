"""Keys: the right one opens both operations, every other one neither."""

from collections.abc import Iterator

from imagen4.contract.checks.registry import Finding, Found, check
from imagen4.contract.credentials import Credential
from imagen4.contract.document import KEY
from imagen4.contract.exchange import Exchange, Expect, Subject
from imagen4.contract.trace import Trace, operation_name


@check("key-opens", "The account's key is accepted.", KEY)
def key_opens(trace: Trace) -> Iterator[Found]:
    for exchange in trace.speaking():
        if exchange.request.credential is Credential.KEY and exchange.verdict.effective == 401:
            name = operation_name(exchange.request.path)
            yield exchange, f"{name} refused the key with {exchange.verdict} (is it the right one?)"


OTHER_KEYS = "A missing, empty, wrong or foreign key is refused"


@check("other-keys", f"{OTHER_KEYS}.", KEY)
def other_keys(trace: Trace) -> Iterator[Finding]:
    """One promise for each operation, so that reports name all that are open."""
    for exchange in trace.expecting(Expect.REFUSE, Subject.KEY):
        name = operation_name(exchange.request.path)
        if seen := _let_in(exchange, name):
            yield Finding("other-keys", f"{OTHER_KEYS} by {name}.", KEY, exchange, seen)


def _let_in(exchange: Exchange, name: str) -> str:
    """What went wrong with a key that opens nothing; empty when it was refused."""
    if exchange.verdict.accepted:
        return f"{name} accepted {exchange.intent.what} ({exchange.verdict})"
    return f"refused {exchange.intent.what}, and gave data all the same" if exchange.data else ""


@check(
    "key-reason",
    "A refused key is told so: 401.",
    "#/components/schemas/ApiResponse/properties/code",
)
def key_reason(trace: Trace) -> Iterator[Found]:
    for exchange in trace.expecting(Expect.REFUSE, Subject.KEY):
        verdict = exchange.verdict
        if verdict.refused and verdict.effective != 401:
            name = operation_name(exchange.request.path)
            yield exchange, f"{name} answered {verdict} to {exchange.intent.what}"
