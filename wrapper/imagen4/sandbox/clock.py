"""The sandbox's own time: real time times a factor, plus what was stepped by hand."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_STEP = 10 * 365 * 24 * 3600.0


class Clock:
    """Unix seconds that can run faster than real time, stand still, or be pushed forward.

    It never goes back, so a task's states cannot either.
    """

    def __init__(self, speed: float = 1.0) -> None:
        self._lock = threading.Lock()
        self._speed = speed
        self._then, self._mark = time.time(), time.monotonic()
        self._listeners: list[Callable[[], None]] = []

    def now(self) -> float:
        """Unix time in seconds, in the sandbox."""
        with self._lock:
            return self._now()

    def _now(self) -> float:
        return self._then + (time.monotonic() - self._mark) * self._speed

    @property
    def speed(self) -> float:
        """Sandbox seconds per real second. A change counts from now on."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        with self._lock:
            self._then, self._mark, self._speed = self._now(), time.monotonic(), speed
        self._tell()

    def advance(self, seconds: float) -> float:
        """Push time forward by `seconds` and return the new time."""
        if not 0 <= seconds <= LONGEST_STEP:
            raise ValueError("the clock can be advanced by 0 seconds up to ten years")
        with self._lock:
            self._then += seconds
        self._tell()
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
        """Call `listener` whenever time was stepped or changed its speed, from that thread."""
        self._listeners.append(listener)

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()
