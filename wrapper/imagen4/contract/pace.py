"""Keeping to the rates a gateway documents, and waiting when it says 429 all the same."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..facts.protocol import CREATE_PATH, CREDITS_PATH, DETAILS_PATH

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..facts import GatewayFacts

MARGIN = 0.05
"""Seconds on top: the server's window opens when the request arrives, not when it leaves."""
FIRST_WAIT = 0.05
GROWTH = 1.5
WAITS = 12
"""From 50 ms, each half as long again, make 12.9 s: longer than the longest documented window."""


@dataclass
class Pace:
    """A sliding window for each operation. `sleep` and `clock` are seams for tests."""

    gateway: GatewayFacts
    kept: bool
    """Whether to keep to the documented rates; not needed where nobody else is served."""
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    exhausted: bool = False
    """A request was refused with 429 through all the waits: more of them are pointless."""

    def __post_init__(self) -> None:
        self._rates = {CREATE_PATH: self.gateway.creates, DETAILS_PATH: self.gateway.polls}
        self._rates[CREDITS_PATH] = self.gateway.polls
        self._sent = {path: deque[float](maxlen=rate.times) for path, rate in self._rates.items()}

    def wait(self, path: str) -> None:
        """Sleep until the operation's window has room, then take a place in it."""
        rate, window = self._rates[path], self._sent[path]
        if self.kept and len(window) == rate.times:
            rest = window[0] + rate.seconds + MARGIN - self.clock()
            if rest > 0:
                self.sleep(rest)
        window.append(self.clock())

    def waits(self) -> list[float]:
        """How long to wait, time after time, when a request is refused with 429."""
        return [] if self.exhausted else [FIRST_WAIT * GROWTH**turn for turn in range(WAITS)]
