"""Keeping to the rates a gateway documents, and waiting when it says 429 all the same.

doc (kie): 20 creates in 10 s, the excess is refused, not queued; 10 polls in 1 s.
apikley gives no numbers; the same are kept there.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from imagen4.contract.document import CREATE, RECORD

RATES = {CREATE: (20, 10.0), RECORD: (10, 1.0)}
MARGIN = 0.05
"""Seconds on top: the server's window opens when the request arrives, not when it leaves."""
FIRST_WAIT = 0.05
GROWTH = 1.5
WAITS = 12
"""From 50 ms, each half as long again, make 12.9 s: longer than the longest documented window."""


@dataclass
class Pace:
    """A sliding window for each operation. `sleep` and `clock` are seams for tests."""

    kept: bool
    """Whether to keep to the documented rates; not needed where nobody else is served."""
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    hopeless: bool = False
    """A request was refused with 429 through all the waits: more of them are pointless."""
    _sent: dict[str, deque[float]] = field(
        default_factory=lambda: {path: deque(maxlen=times) for path, (times, _) in RATES.items()}
    )

    def wait(self, path: str) -> None:
        """Sleep until the operation's window has room, then take a place in it."""
        times, seconds = RATES[path]
        window = self._sent[path]
        if self.kept and len(window) == times:
            rest = window[0] + seconds + MARGIN - self.clock()
            if rest > 0:
                self.sleep(rest)
        window.append(self.clock())

    def waits(self) -> list[float]:
        """How long to wait, time after time, when a request is refused with 429."""
        return [] if self.hopeless else [FIRST_WAIT * GROWTH**turn for turn in range(WAITS)]
