"""One task that is waited for, and what each poll makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from ..errors import (
    GatewayUnavailable,
    Imagen4Error,
    RateLimited,
    TaskFailed,
    TaskNotFound,
    TransportError,
    UnexpectedResponse,
)
from ..facts.protocol import Code

if TYPE_CHECKING:
    from .polling import Polling
    from .polls import PollResult
    from .task import Task

TRANSIENT = (TransportError, RateLimited, GatewayUnavailable)
NOTHING_THERE = 20.0  # seconds; a deployment is over sooner, a base URL stays wrong


@dataclass(slots=True)
class TrackedTask:
    """One task that is polled until it has ended."""

    task_id: str
    due: float
    """When to ask next."""
    last: float
    """When to ask for the last time."""
    last_seen: float | None = None
    """When it was last known to exist."""
    outcome: Task | Imagen4Error | None = None
    """Its final word."""
    unknown_since: float | None = None
    expired: bool = False
    unreadable_since: float | None = None
    nothing_there: bool = True
    """Whether every answer so far was a 404 that is none of the gateway's."""
    problem: Imagen4Error | None = None
    """What was wrong with the last answer."""
    polls: int = 0
    """How often it was asked for."""
    begun_here: bool = False
    """Whether we were there from its beginning, so that no callback can have come before us."""
    began: float | None = None
    """When it was created, if that was here."""
    called: bool = False
    """Whether its callback came."""

    @property
    def over(self) -> bool:
        return self.expired or self.outcome is not None

    def apply(self, found: PollResult, now: float, polling: Polling) -> None:
        """Take in what a poll brought. Raises what concerns more than this task."""
        self.problem = found.problem
        if found.task is not None:
            self.last_seen, self.unknown_since = now, None
        if found.problem is not None:
            self._apply_problem(found.problem, found.task, now, polling)
            return
        self.nothing_there, self.unreadable_since = False, None
        if found.task is not None and found.task.succeeded:
            self.outcome = found.task

    def _apply_problem(
        self, problem: Imagen4Error, task: Task | None, now: float, polling: Polling
    ) -> None:
        self.nothing_there = self.nothing_there and nothing_is_there(problem)
        if is_unreadable(problem):
            self.unreadable_since = now if self.unreadable_since is None else self.unreadable_since
            if now - self.unreadable_since >= self._patience(task, polling):
                self.outcome = problem
            return
        self.unreadable_since = None
        if isinstance(problem, TaskNotFound):
            # From the first "unknown", not from when it was seen: polls may be further
            # apart than the grace is long, and a single stray one must not end the wait.
            self.unknown_since = now if self.unknown_since is None else self.unknown_since
            if self.last_seen is None or now - self.unknown_since >= polling.grace:
                self.outcome = problem
        elif isinstance(problem, TaskFailed):
            self.outcome = problem
        elif not isinstance(problem, TRANSIENT):
            problem.task_ids = ()  # a key refused, say: about all tasks of the job
            raise problem

    def _patience(self, task: Task | None, polling: Polling) -> float:
        """For how many seconds answers like this one, in a row, do not end the wait."""
        if task is not None and task.unusable_links:
            return 0.0  # the record is complete, and leads nowhere
        return min(polling.tolerance, NOTHING_THERE if self.nothing_there else inf)


def is_unreadable(problem: Imagen4Error) -> bool:
    """Whether the answer says nothing: also a 403 without a code, by whoever stands in between."""
    if isinstance(problem, (*TRANSIENT, TaskFailed, TaskNotFound)):
        return False
    return problem.code is None or isinstance(problem, UnexpectedResponse)


def nothing_is_there(problem: Imagen4Error) -> bool:
    return problem.code is None and problem.http_status == Code.NOT_FOUND
