"""When slowness is the server's fault, and when it is only worth a line.

Over the internet single answers take seconds for no fault of anybody's: a connection made
anew, a packet lost, a deployment. What clients suffer from is an operation that is slow
again and again, or one answer for which nobody would wait.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .document import Document
    from .exchange import Exchange

OFTEN, SHARE = 3, 0.25
"""So many answers of an operation, and more than this share of them, make it slow."""
BEYOND = 10.0
"""Seconds over the bound at which a single answer is too slow: most clients are gone by then."""


def is_slow(document: Document, exchange: Exchange, *, loopback: bool, beyond: float = 0.0) -> bool:
    """Whether it took longer than the contract's bound, and so many seconds more."""
    bound = document.bound(exchange.request.path, loopback=loopback)
    return bound is not None and exchange.seconds > bound + beyond


def slow_answers(
    document: Document, exchanges: Iterable[Exchange], *, loopback: bool
) -> list[Exchange]:
    return [
        each for each in exchanges if each.answer and is_slow(document, each, loopback=loopback)
    ]


def too_slow(
    document: Document, exchanges: Sequence[Exchange], *, loopback: bool
) -> list[Exchange]:
    """The slow answers of operations that are slow, and single ones beyond all bounds."""
    slow = slow_answers(document, exchanges, loopback=loopback)
    asked = Counter(exchange.request.path for exchange in exchanges if exchange.answer)
    times = Counter(exchange.request.path for exchange in slow)
    regular = {path for path, n in times.items() if n >= OFTEN and n > SHARE * asked[path]}
    return [
        each
        for each in slow
        if each.request.path in regular or is_slow(document, each, loopback=loopback, beyond=BEYOND)
    ]
