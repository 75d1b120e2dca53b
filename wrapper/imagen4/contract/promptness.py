"""When slowness is the server's fault, and when it is only worth a line.

Over the internet single answers take seconds for no fault of anybody's: a connection made
anew, a packet lost, a deployment. What clients suffer from is an operation that is slow
again and again, or one answer for which nobody would wait.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .exchange import Exchange
    from .trace import Trace

OFTEN, SHARE = 3, 0.25
"""So many answers of an operation, and more than this share of them, make it slow."""
BEYOND = 10.0
"""Seconds over the bound at which a single answer is too slow: most clients are gone by then."""


def is_slow(trace: Trace, exchange: Exchange, *, beyond: float = 0.0) -> bool:
    """Whether it took longer than the contract's bound, and so many seconds more."""
    bound = trace.bounds[exchange.request.path]
    return bound is not None and exchange.seconds > bound + beyond


def slow_answers(trace: Trace) -> list[Exchange]:
    return [each for each in trace.answered if is_slow(trace, each)]


def too_slow(trace: Trace) -> list[Exchange]:
    """The slow answers of operations that are slow, and single ones beyond all bounds."""
    slow = slow_answers(trace)
    asked = Counter([exchange.request.path for exchange in trace.answered])
    times = Counter([exchange.request.path for exchange in slow])
    regular = {path for path, n in times.items() if n >= OFTEN and n > SHARE * asked[path]}
    return [
        each for each in slow if each.request.path in regular or is_slow(trace, each, beyond=BEYOND)
    ]
