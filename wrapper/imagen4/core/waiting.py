"""Waiting for tasks: when to ask, how to take what comes, when to give up.

The first poll goes out at once, the others at the documented pace with jitter. The deadline
is overall and monotonic; the last sleep is cut to it, and a last poll of each task goes out
there. What those may take beyond it, all together, is an `OvertimeBudget`. A failed poll says
nothing about the task, so transport errors, 429, 5xx and 455 are ridden out until the deadline.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from operator import attrgetter
from typing import TYPE_CHECKING

from ..errors import (
    GatewayUnavailable,
    Imagen4Error,
    PartialFailure,
    RateLimited,
    TaskFailed,
    TaskNotFound,
    TaskTimeout,
    TransportError,
    UnexpectedResponse,
)
from ..events import PollFailed, TaskState
from ..facts.protocol import Code
from .effects import Send, Sleep
from .envelope import keep_read
from .polls import PollResult, read_poll
from .task import Task
from .turns import take_shared_turn

if TYPE_CHECKING:
    from .answer import Answer
    from .effects import Steps
    from .job_state import JobState
    from .polling import Polling
    from .session import Session

TRANSIENT = (TransportError, RateLimited, GatewayUnavailable)
NOTHING_THERE = 20.0  # seconds; a deployment is over sooner, a base URL stays wrong
SHORTEST_EXCHANGE = 5.0  # a poll at the deadline itself still gets this long for its answer
HOPELESS = 0.05  # in less, no answer comes over the internet


@dataclass(slots=True)
class OvertimeBudget:
    """Seconds that all of one wait's exchanges and turns may take together after its deadline.

    Not what a slow consumer takes between them. Enough for one answer, or for the turns of the
    20 requests that a batch has in flight by default.
    """

    deadline: float
    left: float = SHORTEST_EXCHANGE

    def for_exchange(self, now: float) -> float:
        """How long the next exchange may take; 0 when it is not worth sending."""
        allowed = max(self.deadline - now, min(SHORTEST_EXCHANGE, self.left))
        return allowed if allowed >= HOPELESS else 0.0

    def last_turn(self, now: float) -> float:
        """Until when a poll may wait for its turn, which leaves no time for a slow answer."""
        return max(self.deadline, now) + self.left - HOPELESS

    def spend(self, sent: float, now: float) -> None:
        self.left -= max(0.0, now - max(sent, self.deadline))


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


def poll_until_ended(session: Session, job: JobState, deadline: float) -> Steps[list[Task]]:
    """Poll until every task of the job has ended, and return them in the job's order."""
    tracked = track(session, job, deadline)
    overtime = OvertimeBudget(deadline)
    running = [each for each in tracked if each.outcome is None]
    while running:
        task = min(running, key=attrgetter("due"))
        if (yield from wait_until_due(session, task, overtime)):
            found, arrived = yield from poll_once(session, task, job.prompts, overtime)
            now = session.clock()
            task.apply(found, now, session.polling)
            if task.last_seen is not None:
                job.last_seen[task.task_id] = task.last_seen
            # Not now: a consumer of events or results may have kept us from reading the answer.
            task.expired = arrived >= task.last
            if not task.over:
                pause = pause_after_poll(session, task, now - job.started)
                task.due = min(now + pause, task.last)
            about = (*session.identity(job), task.task_id)
            if found.task is not None:
                yield TaskState(*about, found.task, found.problem)
            elif found.problem is not None:
                yield PollFailed(*about, found.problem)
        if task.over:
            running.remove(task)
    return make_outcome(job, tracked)


def track(session: Session, job: JobState, deadline: float) -> list[TrackedTask]:
    """Each task of a job; their last polls stand one after the other before the deadline."""
    now, spacing = session.clock(), session.polls.rate.seconds
    return [
        TrackedTask(
            task_id,
            due=now,
            last=deadline - behind * spacing,
            last_seen=job.last_seen.get(task_id),
            outcome=job.ended.get(task_id),
        )
        for behind, task_id in enumerate(job.task_ids)
    ]


def wait_until_due(session: Session, task: TrackedTask, overtime: OvertimeBudget) -> Steps[bool]:
    """Sleep until this poll is due and its turn has come; False if it is not to be sent now."""
    now = session.clock()
    if task.due > now:
        yield Sleep(task.due - now)
        now = session.clock()
    hopeful = overtime.for_exchange(now) > 0
    moment = session.polls.reserve(now, overtime.last_turn(now)) if hopeful else None
    if moment is not None and moment > now:
        overtime.spend(now, moment)
        yield Sleep(moment - now)
    if moment is not None and (yield from wait_for_the_others(session, overtime)):
        return True
    task.due, task.expired = task.last, session.clock() >= task.last
    return False


def wait_for_the_others(session: Session, overtime: OvertimeBudget) -> Steps[bool]:
    """Sleep until the others with this account have polled; False if this one is then too late."""
    if session.turns is None:
        return True
    began = session.clock()
    taken = yield from take_shared_turn(session, session.polls, overtime.last_turn(began))
    overtime.spend(began, session.clock())
    return taken


def poll_once(
    session: Session, task: TrackedTask, prompts: tuple[str, ...], overtime: OvertimeBudget
) -> Steps[tuple[PollResult, float]]:
    """Ask for one task once: what came of it, a missing answer included, and when."""
    sent, task.polls = session.clock(), task.polls + 1
    patience = min(session.timeout, overtime.for_exchange(sent))
    send = Send(session.adapter.details(task.task_id), patience, attempt=task.polls)
    found = yield from exchange_about(session, send, task.task_id, prompts)
    arrived = session.clock() if send.ended is None else send.ended
    overtime.spend(sent, arrived)
    return found, arrived


def exchange_about(
    session: Session, send: Send, task_id: str, prompts: tuple[str, ...]
) -> Steps[PollResult]:
    """What an exchange about one task brought."""
    secrets = (session.key, *prompts)
    try:
        answer: Answer = yield send
    except TransportError as problem:
        problem.gateway = session.name
        keep_read(problem, send.partial, secrets)
        return PollResult(None, problem)
    return read_poll(session.name, answer, task_id, secrets)


def pause_after_poll(session: Session, task: TrackedTask, elapsed: float) -> float:
    """How long to leave a task alone; longer when the gateway asks for it."""
    pause = session.polling.interval(elapsed, session.random)
    if isinstance(task.problem, RateLimited):
        wish = task.problem.retry_after
        return max(pause, session.polling.backoff_pause(1, wish, session.random))
    return pause


def make_outcome(job: JobState, tracked: list[TrackedTask]) -> list[Task]:
    """The tasks if all went well; else the error that tells what did not."""
    tasks, failures, pending = list[Task](), list[Imagen4Error](), list[TrackedTask]()
    for each in tracked:
        if each.outcome is None:
            pending.append(each)
        elif isinstance(each.outcome, Task):
            tasks.append(each.outcome)
            job.ended[each.task_id] = each.outcome
        else:
            failures.append(each.outcome)
    if pending:
        raise wait_is_over(pending, len(tracked))
    if not failures:
        return tasks
    if not tasks:
        failures[0].task_ids = ()  # about all tasks of the job
        raise failures[0]
    raise partial_failure(failures, tasks)


def partial_failure(
    failures: list[Imagen4Error], tasks: list[Task], what: str = "did not succeed"
) -> PartialFailure:
    ids = tuple(task_id for failure in failures for task_id in failure.task_ids)
    total = len(ids) + len(tasks)
    message = f"{len(ids)} of {total} tasks {what}: {failures[0].message}"
    error = PartialFailure(message, task_ids=ids)
    error.failures, error.tasks = tuple(failures), tuple(tasks)
    return error


def wait_is_over(pending: list[TrackedTask], total: int) -> TaskTimeout:
    problems = [task.problem for task in pending if task.problem]
    last = f"; the last poll failed: {problems[-1].message}" if problems else ""
    error = TaskTimeout(f"The wait is over, {len(pending)} of {total} tasks still run{last}")
    error.__cause__ = problems[-1] if problems else None
    return error
