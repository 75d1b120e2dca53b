"""Keys: the right one opens both operations, every other one neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...facts.protocol import Code
from ..credentials import Credential
from ..document import KEY_SCHEME
from ..exchange import Exchange, Expect, Subject
from ..trace import Trace, operation_name
from .evidence import SPEAKING, Evidence, forbidden
from .registry import Finding, Found, check

if TYPE_CHECKING:
    from collections.abc import Iterator


def _with_key(trace: Trace) -> Iterator[Exchange]:
    return (each for each in trace.speaking if each.request.credential is Credential.KEY)


def _refused_keys(trace: Trace) -> Iterator[Exchange]:
    return (each for each in _with_key(trace) if each.verdict.effective == Code.UNAUTHORIZED)


def _opened(trace: Trace) -> set[str]:
    """The operations that have answered the key with anything else."""
    others = (
        each for each in _with_key(trace) if each.verdict.effective not in (None, Code.UNAUTHORIZED)
    )
    return {exchange.request.path for exchange in others}


OPENED = Evidence("nothing that the key opens refused anything else", lambda t: _blamable(t))
OTHER_KEYS_TRIED = forbidden("no other key was tried", Subject.KEY)


def _blamable(trace: Trace) -> Iterator[Exchange]:
    """What is not an allowed create, asked with the key where that opens the operation."""
    opened = _opened(trace)
    for exchange in _with_key(trace):
        if exchange.intent.expect is not Expect.ACCEPT and exchange.request.path in opened:
            yield exchange


@check("key-opens", "The account's key is accepted.", KEY_SCHEME, of=SPEAKING)
def key_opens(trace: Trace) -> Iterator[Found]:
    opened = _opened(trace)
    for exchange in _refused_keys(trace):
        name = operation_name(exchange.request.path)
        if exchange.intent.expect is Expect.ACCEPT or exchange.request.path not in opened:
            now_and_then = exchange.request.path in opened
            why = "which it takes otherwise" if now_and_then else "is it the right one?"
            yield exchange, f"{name} refused the key with {exchange.verdict} ({why})"


@check(
    "key-blamed",
    "What is refused for another reason than its key is not 401.",
    KEY_SCHEME,
    of=OPENED,
)
def key_blamed(trace: Trace) -> Iterator[Found]:
    """Where the same key opens the operation, 401 sends its owner looking in the wrong place."""
    for exchange in _blamable(trace):
        if exchange.verdict.effective == Code.UNAUTHORIZED:
            name, what = operation_name(exchange.request.path), exchange.intent.what
            yield exchange, f"{name} answered {exchange.verdict} to {what}, with a good key"


OTHER_KEYS = "A missing, empty, wrong or foreign key is refused"


@check("other-keys", f"{OTHER_KEYS}.", KEY_SCHEME, of=OTHER_KEYS_TRIED)
def other_keys(trace: Trace) -> Iterator[Finding]:
    """One promise for each operation, so that reports name all that are open."""
    for exchange in trace.expecting(Expect.REFUSE, Subject.KEY):
        name = operation_name(exchange.request.path)
        if seen := _let_in(exchange, name):
            yield Finding("other-keys", f"{OTHER_KEYS} by {name}.", KEY_SCHEME, exchange, seen)


def _let_in(exchange: Exchange, name: str) -> str:
    """What went wrong with a key that opens nothing; empty when it was refused."""
    if exchange.verdict.accepted:
        return f"{name} accepted {exchange.intent.what} ({exchange.verdict})"
    return f"refused {exchange.intent.what}, and gave data all the same" if exchange.data else ""


@check(
    "key-reason",
    "A refused key is told so: 401.",
    "#/components/schemas/ApiResponse/properties/code",
    of=OTHER_KEYS_TRIED,
)
def key_reason(trace: Trace) -> Iterator[Found]:
    for exchange in trace.expecting(Expect.REFUSE, Subject.KEY):
        verdict = exchange.verdict
        if verdict.refused and verdict.effective != Code.UNAUTHORIZED:
            name = operation_name(exchange.request.path)
            yield exchange, f"{name} answered {verdict} to {exchange.intent.what}"
