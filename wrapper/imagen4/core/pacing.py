"""Keeping requests below a documented rate."""

from __future__ import annotations

from collections import deque
from math import inf
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..facts import Rate

# The gateway counts when requests arrive, we count when they leave. The first ones arrive late,
# after a TLS handshake: with 2 % more and a round trip of 200 ms, 21 creates came in 10 s.
MARGIN = 1.1


class Pacer:
    """Hands out moments so that no `period` seconds hold more of them than the rate allows.

    First come, first served; one pacer is shared by everything a client does.
    """

    def __init__(self, rate: Rate) -> None:
        self.period = rate.seconds * MARGIN
        self._moments: deque[float] = deque(maxlen=rate.times)
        self._lock = Lock()

    def reserve(self, now: float, latest: float = inf) -> float | None:
        """The moment, not before `now`, at which the caller may send.

        None, and nothing is taken, where that would be after `latest`.
        """
        with self._lock:
            moment = now
            if len(self._moments) == self._moments.maxlen:
                moment = max(now, self._moments[0] + self.period)
            if moment > latest:
                return None
            self._moments.append(moment)
            return moment
