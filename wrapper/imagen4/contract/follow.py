"""Polling tasks to their end, at intervals that fit the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .cases.build import poll_case
from .document import TASK_SCHEMA, Document
from .trace import RUNNING, TaskHistory

if TYPE_CHECKING:
    from collections.abc import Callable

    from .exchange import Case, Exchange

FEW = 7
"""The sandbox answers ten polls a second, and quick is to be quick."""
SETTLE = 0.2
"""Seconds between looks at what has ended: a second thought takes a moment."""
LINGER = 5.0
"""Seconds after which the full phase looks once more at the first few: some take longer."""


@dataclass(frozen=True)
class Patience:
    """How often to poll, and for how long, in seconds.

    doc: every 2 to 3 s at first, every 5 to 10 s later; give up after 10 to 15 min.
    """

    seconds: float
    """From the beginning of the run."""
    least: float
    """From the last create, should that be later."""
    full: bool
    """Whether `least` is the time in which every task has to have ended."""
    first: float
    longest: float
    growth: float = 1.15
    sleep: Callable[[float], None] = lambda _seconds: None


@dataclass
class Follower:
    """Polls until every task has ended or the patience has."""

    document: Document
    send: Callable[[Case, str], Exchange]
    clock: Callable[[], float]
    patience: Patience

    def __post_init__(self) -> None:
        self._began = self.clock()

    def follow(self, tasks: list[TaskHistory]) -> None:
        running = {task.id for task in tasks if _may_change(task.polls)}
        patience = self.patience
        deadline = max(self._began + patience.seconds, self.clock() + patience.least)
        wait = self.patience.first
        while running and self.clock() < deadline:
            for task_id in sorted(running):
                if self.clock() >= deadline:
                    break
                polled = self._poll(task_id)
                if polled is None or not _is_running(polled):
                    running.discard(task_id)
            if running:
                self.patience.sleep(max(0.0, min(wait, deadline - self.clock())))
            wait = min(wait * self.patience.growth, self.patience.longest)

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


def _is_running(polled: Exchange) -> bool:
    """Any state but the known running ones ends the polling: it must not go on for ever."""
    return polled.answer is None or (polled.verdict.accepted and polled.state in RUNNING)


def _may_change(polls: list[Exchange]) -> bool:
    return not polls or _is_running(polls[-1])
