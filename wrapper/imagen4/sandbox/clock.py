"""The sandbox's own time: real time times a factor, plus what was stepped by hand."""

import threading
import time
from collections.abc import Callable

LONGEST_STEP = 10 * 365 * 24 * 3600.0


class Clock:
    """Unix seconds that can run faster than real time, stand still, or be pushed forward.

    It never goes back, so a task's states cannot either.
    """

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._lock = threading.Lock()
        self._start = time.time()
        self._mark = time.monotonic()
        self._stepped = 0.0
        self._listeners: list[Callable[[], None]] = []

    def now(self) -> float:
        """Unix time in seconds, in the sandbox."""
        with self._lock:
            return self._start + (time.monotonic() - self._mark) * self.speed + self._stepped

    def advance(self, seconds: float) -> float:
        """Push time forward by `seconds` and return the new time."""
        if not 0 <= seconds <= LONGEST_STEP:
            raise ValueError("the clock can be advanced by 0 seconds up to ten years")
        with self._lock:
            self._stepped += seconds
        for listener in tuple(self._listeners):
            listener()
        return self.now()

    def advance_to(self, moment: float) -> None:
        """Push time forward to that Unix time, unless it has come already.

        So sleepers that wait side by side pass the same time, and not one after the other.
        """
        self.advance(max(0.0, moment - self.now()))

    def real_seconds(self, seconds: float) -> float | None:
        """How long `seconds` here take for real; None if they never pass by themselves."""
        return max(0.0, seconds) / self.speed if self.speed > 0 else None

    def on_advance(self, listener: Callable[[], None]) -> None:
        """Call `listener` (from the advancing thread) whenever time was stepped by hand."""
        self._listeners.append(listener)
