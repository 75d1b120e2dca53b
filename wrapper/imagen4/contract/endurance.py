"""Whether a conversation goes on: how long it took so far, and whether anybody answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .outlook import is_silent, operations_alike, outlook
from .promptness import is_slow, too_slow
from .steps import EnoughError
from .trace import operation_name

if TYPE_CHECKING:
    from .exchange import Exchange
    from .trace import Trace

MAX_UNANSWERED = 3
"""Answers missing in a row after which the rest is not worth waiting for."""
MAX_SLOW = 15.0
"""Seconds of waiting beyond the bound, over the whole run, after which it is enough."""


@dataclass
class Endurance:
    """What is left of it after each exchange."""

    trace: Trace
    seconds: float
    """For asking; after that tasks are only followed to their ends."""
    timeout: float
    """Seconds for one answer."""
    stopped: str = ""
    """Why nothing more is sent; empty as long as it is."""
    left_out: dict[str, str] = field(default_factory=dict)
    """The operations that are not asked any more, by path, and why."""
    _asking: float = 0.0
    """Seconds between requests and answers: what this machine does meanwhile is not counted."""
    _slow: float = 0.0
    """Seconds spent on slow answers."""
    _unanswered: int = 0
    """In a row."""

    def stop(self, why: str) -> None:
        self.stopped = why

    @property
    def enough(self) -> str:
        """Why nothing more is asked; empty as long as it is."""
        over = self._asking >= self.seconds
        return self.stopped or (f"{self.seconds:.0f} s of asking were over" if over else "")

    def why_not(self, path: str) -> str:
        """Why this operation is not asked any more; empty as long as it is."""
        return self.enough or self.left_out.get(path, "")

    def asked_for(self, seconds: float) -> None:
        """Count the time that one answer took."""
        self._asking += seconds

    def watch(self, exchange: Exchange) -> None:
        """EnoughError when the server has stopped answering, or is slow as a rule."""
        path = exchange.request.path
        self._unanswered = self._unanswered + 1 if exchange.error else 0
        if exchange.error and is_silent(self.trace, path):
            self.left_out[path] = f"{operation_name(path)} has never answered"
        if self._unanswered >= MAX_UNANSWERED:
            raise EnoughError(f"no answer {MAX_UNANSWERED} times in a row: {exchange.error}")
        if is_slow(self.trace, exchange):
            self._slow += min(exchange.seconds, self.timeout)
        # What is slow now and then is waited for, within the time there is for asking.
        if self._slow > MAX_SLOW and (exchange.timed_out or too_slow(self.trace)):
            raise EnoughError(f"slow answers cost {self._slow:.0f} s")

    def look_ahead(self) -> None:
        """After the first few answers: to stop if all others would say the same."""
        self.stopped = self.stopped or outlook(self.trace)

    def leave_out_what_is_alike(self) -> None:
        """Of an operation that gives one answer whatever it is asked, no more is to be learned."""
        for path in operations_alike(self.trace):
            self.left_out[path] = f"{operation_name(path)} answers everything alike"
