"""How long tasks of a model usually take, learnt from those that ended, so as to ask then.

Only ever a reason to ask later than the documented pace allows: what was learnt may be wrong.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .task import Task

LONGEST = 900.0
"""Seconds after which the gateways say to give up: what names more, or less than none, such as a
time in another zone, says nothing."""
KEPT = 200
"""So many of each model, the latest."""
ENOUGH = 20
"""With fewer nothing is usual yet."""
SHARE = 10
"""A task is left alone until one in so many of those like it has ended since it was asked for."""
LONGEST_PAUSE = 30.0
"""Seconds: the documented bands end there."""


class Durations:
    """Of one gateway's tasks, in seconds, by model."""

    def __init__(self) -> None:
        self._latest: dict[str, deque[float]] = {}
        # Each list is made anew, never changed: other threads may be reading it.
        self._sorted: dict[str, list[float]] = {}

    def learn(self, model: str, seconds: float) -> None:
        if 0.0 <= seconds <= LONGEST:
            latest = self._latest.setdefault(model, deque(maxlen=KEPT))
            latest.append(seconds)
            self._sorted[model] = sorted(latest)

    def pause(self, model: str, age: float) -> float:
        """How long a task of that age need not be asked for; 0 where nothing is known of it."""
        ordered = self._sorted.get(model, ())
        first = bisect_right(ordered, age)
        longer = len(ordered) - first
        if len(ordered) < ENOUGH or not longer:
            return 0.0
        return min(ordered[first + longer // SHARE] - age, LONGEST_PAUSE)


def lasted(task: Task) -> float | None:
    """Seconds from its creation to its end, by the gateway's clock; None if it does not say."""
    if task.created is None or task.completed is None:
        return None
    return (task.completed - task.created).total_seconds()
