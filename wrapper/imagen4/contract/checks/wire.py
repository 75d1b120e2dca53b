"""That there is an answer, in time, from this address, and no key in it."""

from collections import defaultdict
from collections.abc import Iterator

from imagen4.contract.checks.registry import Found, check
from imagen4.contract.document import KEY, PATHS, pointer
from imagen4.contract.exchange import Exchange
from imagen4.contract.trace import Trace

SERVERS = pointer("servers")
SLOW_OFTEN = 3
"""One slow answer may be this machine's; so many are the server's."""


@check("answered", "Every request is answered completely.", pointer("paths"))
def answered(trace: Trace) -> Iterator[Found]:
    for exchange in trace.exchanges:
        if exchange.answer is None:
            yield exchange, exchange.trouble


@check(
    "in-time",
    "An answer comes within the bound the contract sets.",
    pointer("paths", PATHS[0], "post", "x-answers-within-seconds"),
)
def in_time(trace: Trace) -> Iterator[Found]:
    slow: dict[str, list[Exchange]] = defaultdict(list)
    asked: dict[str, int] = defaultdict(int)
    for exchange in trace.answered():
        path = exchange.request.path
        bound = trace.document.bound(path, loopback=trace.loopback)
        asked[path] += 1
        if bound is not None and exchange.answer and exchange.answer.seconds > bound:
            slow[path].append(exchange)
    for path, exchanges in slow.items():
        if len(exchanges) >= min(SLOW_OFTEN, asked[path]):
            yield from ((exchange, _took(exchange)) for exchange in exchanges)


def _took(exchange: Exchange) -> str:
    return f"took {exchange.answer.seconds:.1f} s" if exchange.answer else ""


@check("no-redirect", "Requests are answered where the document says, not elsewhere.", SERVERS)
def no_redirect(trace: Trace) -> Iterator[Found]:
    for exchange in trace.answered():
        if exchange.answer and 300 <= exchange.answer.status < 400:
            place = exchange.answer.header("location") or "nowhere"
            yield exchange, f"HTTP {exchange.answer.status} to {place} (not followed)"


@check("no-echo", "A key never stands in an answer.", KEY)
def no_echo(trace: Trace) -> Iterator[Found]:
    for exchange in trace.answered():
        if exchange.answer and exchange.answer.echoed:
            yield exchange, "the answer repeats the key it was sent"
