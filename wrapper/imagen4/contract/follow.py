"""Polling tasks to their end, at intervals that fit the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .cases.build import poll_case
from .document import TASK_SCHEMA, Document
from .limits import SLOWEST
from .trace import RUNNING, TaskHistory

if TYPE_CHECKING:
    from collections.abc import Callable

    from .exchange import Case, Exchange

FEW = 7
"""The sandbox answers ten polls a second, and quick is to be quick."""
SETTLE = 0.2
"""Seconds between looks at what has ended: a second thought takes a moment."""
RARER = 0.25
"""The share of the time since the first create between glances, at least.

Fast tasks change early, slow ones late. Each glance is two polls, and where ten a second are
answered, they are what takes the time.
"""
LATE = 3.0
"""Seconds after which a task that was not known at once is given up."""
LINGER = 5.0
"""Seconds after which the full phase looks once more at the first few: some take longer."""


@dataclass(frozen=True)
class Patience:
    """How often to poll, and for how long, in seconds.

    doc: every 2 to 3 s at first, every 5 to 10 s later; give up after 10 to 15 min.
    """

    most: float
    """From the last create, whatever was seen."""
    spare: float
    """Once a task has ended, unless `SLOWEST` times the longest is more."""
    full: bool
    """Whether that is the time in which every task has to have ended."""
    first: float
    longest: float
    growth: float = 1.15
    sleep: Callable[[float], None] = lambda _seconds: None

    def until(self, tasks: list[TaskHistory]) -> float:
        """When it ends, by the clock of the exchanges."""
        took = [task.ended[0].ended - task.created.sent for task in tasks if task.ended]
        seconds = min(self.most, max(self.spare, SLOWEST * max(took))) if took else self.most
        return max(task.created.ended for task in tasks) + seconds


@dataclass
class Follower:
    """Polls until every task has ended or the patience has."""

    document: Document
    send: Callable[[Case, str], Exchange]
    clock: Callable[[], float]
    patience: Patience
    _glanced: float = 0.0

    def glance(self, tasks: list[TaskHistory]) -> None:
        """Poll the first two in between, unless that was done a moment ago."""
        now = self.clock()
        if tasks and now - self._glanced >= RARER * (now - tasks[0].created.ended):
            self._glanced = now
            self.look(tasks[:2])

    def follow(self, tasks: list[TaskHistory]) -> None:
        """The last round begins when the time is over: a busy machine has looked at each, too."""
        running = [task for task in tasks if not task.polls or _may_change(task, task.polls[-1])]
        wait, late = self.patience.first, False
        while running and not late:
            late = self.clock() >= self.patience.until(tasks)
            running = [task for task in running if self._is_still_running(task)]
            if running and not late:
                self.patience.sleep(min(wait, max(0.0, self.patience.until(tasks) - self.clock())))
            wait = min(wait * self.patience.growth, self.patience.longest)

    def _is_still_running(self, task: TaskHistory) -> bool:
        polled = self._poll(task.id)
        return polled is not None and _may_change(task, polled)

    def look_again(self, tasks: list[TaskHistory]) -> None:
        """What has ended must stand there unchanged; without full patience, the first few."""
        full = self.patience.full
        looks = [(SETTLE, tasks[:2]), (SETTLE, tasks if full else tasks[:FEW])]
        for wait, some in [*looks, *([(LINGER, tasks[:FEW])] if full else [])]:
            self.patience.sleep(wait)
            self.look(some)

    def look(self, tasks: list[TaskHistory]) -> None:
        """Poll each task once."""
        for task in tasks:
            if task.polls:
                self._poll(task.id)

    def _poll(self, task_id: str) -> Exchange | None:
        link = self.document.link
        return self.send(poll_case(link, task_id, TASK_SCHEMA), task_id) if link else None


def _may_change(task: TaskHistory, polled: Exchange) -> bool:
    """Any state but the known running ones ends the polling: it must not go on for ever."""
    if polled.answer is None or polled.by_proxy:
        return True
    if not task.records and polled.not_found:
        return polled.ended - task.created.ended < LATE
    return polled.verdict.accepted and polled.state in RUNNING
