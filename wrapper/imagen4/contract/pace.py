"""Keeping to the rates a gateway documents, from the start or once it insists.

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


@dataclass
class Pace:
    """A sliding window for each operation. `sleep` and `clock` are seams for tests."""

    kept: bool
    """Whether to keep to the rates before the server has refused anything for them."""
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    hopeless: bool = False
    _sent: dict[str, deque[float]] = field(
        default_factory=lambda: {path: deque() for path in RATES}
    )

    def wait(self, path: str) -> None:
        """Sleep until the operation's window has room, then take a place in it."""
        times, seconds = RATES[path]
        window = self._sent[path]
        if self.kept and len(window) >= times:
            self._sleep_until(window[-times] + seconds + MARGIN)
        window.append(self.clock())
        while len(window) > times:
            window.popleft()

    def refused(self, path: str) -> None:
        """The server said 429: from now on keep to the rates, and let its window pass once."""
        self.kept = True
        times, seconds = RATES[path]
        window = self._sent[path]
        if len(window) < times:
            self._sleep_until(self.clock() + seconds / times)

    def worth_waiting(self) -> bool:
        return not self.hopeless

    def settled(self, *, refused: bool) -> None:
        """A request that is refused with 429 at the documented pace makes waiting pointless."""
        self.hopeless = self.hopeless or refused

    def _sleep_until(self, moment: float) -> None:
        rest = moment - self.clock()
        if rest > 0:
            self.sleep(rest)
