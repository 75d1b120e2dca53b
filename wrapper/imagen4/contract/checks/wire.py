"""That there is an answer, in time, from this address, and no key in it."""

from collections import Counter
from collections.abc import Iterator

from imagen4.contract.checks.registry import Found, check
from imagen4.contract.document import CREATE, KEY, RECORD, pointer
from imagen4.contract.exchange import Exchange
from imagen4.contract.trace import Trace

SERVERS = pointer("servers")
SLOW_OFTEN = 3
"""One slow answer may be this machine's; so many are the server's. So with time-outs."""
TIMED_OUT_OFTEN = 2


@check("answered", "Every request is answered completely.", pointer("paths"))
def answered(trace: Trace) -> Iterator[Found]:
    often = sum(exchange.timed_out for exchange in trace.exchanges) >= TIMED_OUT_OFTEN
    for exchange in trace.exchanges:
        if exchange.answer is None and (often or not exchange.timed_out):
            yield exchange, exchange.trouble


@check(
    "in-time",
    "An answer comes within the bound the contract sets.",
    pointer("paths", CREATE, "post", "x-answers-within-seconds"),
    pointer("paths", RECORD, "get", "x-answers-within-seconds"),
)
def in_time(trace: Trace) -> Iterator[Found]:
    """Often enough over the whole run, or each time an operation was asked."""
    asked: Counter[str] = Counter(exchange.request.path for exchange in trace.answered())
    slow = [exchange for exchange in trace.answered() if _is_slow(trace, exchange)]
    slow_by_path = Counter(exchange.request.path for exchange in slow)
    for exchange in slow:
        path = exchange.request.path
        if len(slow) >= SLOW_OFTEN or slow_by_path[path] == asked[path]:
            yield exchange, f"took {exchange.seconds:.1f} s"


def _is_slow(trace: Trace, exchange: Exchange) -> bool:
    bound = trace.document.bound(exchange.request.path, loopback=trace.loopback)
    return bool(bound and exchange.answer and exchange.seconds > bound)


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
