"""Keeping requests below a documented rate."""

from __future__ import annotations

from collections import deque
from math import inf
from threading import Lock
from typing import TYPE_CHECKING

from ..facts import Rate

if TYPE_CHECKING:
    from collections.abc import Sequence

# The gateway counts when requests arrive, we count when they leave. The first ones arrive late,
# after a TLS handshake: with 2 % more and a round trip of 200 ms, 21 creates came in 10 s.
MARGIN = 1.1
# After refusals, since the account is shared: found by running processes side by side. Where the
# gateway counts what it refuses, too, sixteen of them need so wide a gap to get on at all.
WIDEST = 8.0  # seconds
NARROWER = 0.5  # with each success
NARROWEST = 0.1  # seconds
# So far ahead turns are taken that several processes share. What a process that died has taken
# is lost: that costs the others no more than about one window.
AHEAD = 12.0  # seconds


def next_moment(moments: Sequence[float], rate: Rate, now: float) -> float:
    """The first, not before `now`, that keeps the rate after those moments, the last ones last."""
    full = len(moments) >= rate.times
    return max(now, moments[-rate.times] + rate.seconds) if full else now


class Pacer:
    """Hands out moments so that no `period` seconds hold more of them than the rate allows.

    First come, first served; one pacer is shared by everything a client does. What others send
    on the same account shows in refusals only: they make the client slow, successes fast again.
    """

    def __init__(self, rate: Rate, kind: str = "") -> None:
        self.rate = Rate(rate.times, rate.seconds * MARGIN)
        self.kind = kind
        self._moments: deque[float] = deque(maxlen=rate.times)
        self._lock = Lock()
        self._gap = 0.0  # seconds between two moments, after a refusal
        self._slowed = -inf  # when it was last widened

    def reserve(self, now: float, latest: float = inf) -> float | None:
        """The moment, not before `now`, at which the caller may send.

        None, and nothing is taken, where that would be after `latest`.
        """
        with self._lock:
            moment = next_moment(self._moments, self.rate, now)
            if self._gap and self._moments:
                moment = max(moment, self._moments[-1] + self._gap)
            if moment > latest:
                return None
            self._moments.append(moment)
            return moment

    def refused(self, sent: float, now: float) -> None:
        """What was sent at that moment was too frequent: double the gap, once for all under way."""
        with self._lock:
            if sent >= self._slowed:
                self._slowed = now
                even = self.rate.seconds / self.rate.times
                self._gap = min(max(2 * self._gap, even), WIDEST)

    def accepted(self) -> None:
        """What was sent was not too frequent."""
        with self._lock:
            self._gap = self._gap * NARROWER if self._gap > NARROWEST else 0.0
