"""Refusing what comes too fast, as the gateways document it: refused, not queued."""

from collections import deque


class RateLimit:
    """At most `times` in any `seconds`; what was refused does not count."""

    def __init__(self, times: int, seconds: float) -> None:
        self.times, self.seconds = times, seconds
        self._recent: deque[float] = deque()

    def admits(self, now: float) -> bool:
        while self._recent and self._recent[0] <= now - self.seconds:
            self._recent.popleft()
        if len(self._recent) >= self.times:
            return False
        self._recent.append(now)
        return True
