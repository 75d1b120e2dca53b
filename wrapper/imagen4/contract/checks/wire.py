"""That there is an answer, in time, from this address, and no key in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...facts.protocol import CREATE_PATH, DETAILS_PATH
from ..document import KEY_SCHEME, pointer
from ..promptness import too_slow
from .evidence import ANSWERED, ASKED
from .registry import Found, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..trace import Trace

SERVERS = pointer("servers")
TIMED_OUT_OFTEN = 2
"""One time-out may be this machine's; so many are the server's."""


@check("answered", "Every request is answered completely.", pointer("paths"), of=ASKED)
def answered(trace: Trace) -> Iterator[Found]:
    often = sum(exchange.timed_out for exchange in trace.exchanges) >= TIMED_OUT_OFTEN
    for exchange in trace.exchanges:
        if exchange.answer is None and (often or not exchange.timed_out):
            yield exchange, exchange.error


@check("proxy", "Requests reach the gateway: no proxy answers in its place.", SERVERS, of=ASKED)
def reached(trace: Trace) -> Iterator[Found]:
    """One finding, however many: what a proxy says is held against nothing else."""
    proxies = [exchange for exchange in trace.exchanges if exchange.by_proxy]
    for exchange in proxies:
        share = f"{len(proxies)} of {len(proxies) + len(trace.answered)} answers were a proxy's"
        yield exchange, f"{share}: {exchange.told}"


@check(
    "in-time",
    "An answer comes within the bound the contract sets.",
    pointer("paths", CREATE_PATH, "post", "x-answers-within-seconds"),
    pointer("paths", DETAILS_PATH, "get", "x-answers-within-seconds"),
    of=ANSWERED,
)
def in_time(trace: Trace) -> Iterator[Found]:
    """As a rule, or by far: what is slow now and then is noted."""
    for exchange in too_slow(trace):
        yield exchange, f"took {exchange.seconds:.1f} s"


@check(
    "no-redirect",
    "Requests are answered where the document says, not elsewhere.",
    SERVERS,
    of=ANSWERED,
)
def no_redirect(trace: Trace) -> Iterator[Found]:
    for exchange in trace.answered:
        if exchange.answer and exchange.redirected:
            place = exchange.answer.header("location") or "nowhere"
            yield exchange, f"HTTP {exchange.answer.status} to {place} (not followed)"


@check("no-echo", "A key never stands in an answer.", KEY_SCHEME, of=ANSWERED)
def no_echo(trace: Trace) -> Iterator[Found]:
    for exchange in trace.answered:
        if exchange.answer and exchange.answer.echoed:
            yield exchange, "the answer repeats the key it was sent"
