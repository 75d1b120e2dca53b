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
    Imagen4Error,
    PartialFailure,
    RateLimited,
    TaskTimeout,
    TransportError,
)
from ..events import PollFailed, TaskState
from .durations import lasted
from .effects import Send, Sleep
from .envelope import keep_read
from .heeding import callback_pause, heed_callbacks, note_silence
from .polls import PollResult, read_poll
from .task import Task
from .tracked_task import TrackedTask
from .turns import take_shared_turn

if TYPE_CHECKING:
    from .answer import Answer
    from .effects import Steps
    from .job_state import JobState
    from .session import Session

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


def poll_until_ended(session: Session, job: JobState, deadline: float) -> Steps[list[Task]]:
    """Poll until every task of the job has ended, and return them in the job's order."""
    tracked = track(session, job, deadline)
    overtime = OvertimeBudget(deadline)
    running = [each for each in tracked if each.outcome is None]
    while running:
        task = next_due(session, job, running)
        pause = task.due - session.clock()
        if pause > 0:  # here rather than further down: as it waits a task has few frames
            yield Sleep(pause, job.bell)
            if job.bell is not None and job.bell.rung:
                continue
        yield from ask(session, job, task, overtime)
        if task.over:
            running.remove(task)
    return make_outcome(job, tracked)


def ask(
    session: Session, job: JobState, task: TrackedTask, overtime: OvertimeBudget
) -> Steps[None]:
    """Ask for a task that is due, if its turn comes in time, and tell what that brought.

    Nothing of the answer is kept while the task waits for its next poll.
    """
    if not (yield from take_poll_turn(session, task, overtime)):
        return
    found, arrived = yield from poll_once(session, task, session.secrets(job), overtime)
    now = session.clock()
    task.apply(found, now, session.polling)
    if task.last_seen is not None:
        job.last_seen[task.task_id] = task.last_seen
    # Not now: a consumer of events or results may have kept us from reading the answer.
    task.expired = arrived >= task.last
    if task.over:
        learn_duration(session, job, task)
    else:
        pause = pause_after_poll(session, job, task, now - job.started)
        task.due = min(now + pause, task.last)
    about = (*session.identity(job), task.task_id)
    if found.task is not None:
        yield TaskState(*about, found.task, found.problem)
    elif found.problem is not None:
        yield PollFailed(*about, found.problem)


def next_due(session: Session, job: JobState, running: list[TrackedTask]) -> TrackedTask:
    """The one to ask for next."""
    if job.bell is not None:
        heed_callbacks(job.bell, running, session.clock())
    return min(running, key=attrgetter("due"))


def track(session: Session, job: JobState, deadline: float) -> list[TrackedTask]:
    """Each task of a job; their last polls stand one after the other before the deadline."""
    now, spacing = session.clock(), session.polls.rate.seconds
    tracked = [
        TrackedTask(
            task_id,
            due=now,
            last=deadline - behind * spacing,
            last_seen=job.last_seen.get(task_id),
            outcome=job.ended.get(task_id),
            begun_here=job.begun_here,
            began=job.last_seen.get(task_id) if job.begun_here else None,
        )
        for behind, task_id in enumerate(job.task_ids)
    ]
    for task in tracked:
        pause = usual_pause(session, job, task, now)
        if job.bell is not None:
            pause = max(pause, callback_pause(session, job, task, now - job.started))
        task.due = min(now + pause, task.last)
    return tracked


def usual_pause(session: Session, job: JobState, task: TrackedTask, now: float) -> float:
    """How long tasks like it need not be asked for at that age; 0 where that is not known."""
    if task.began is None or not session.polling.learns:
        return 0.0
    return session.durations.pause(job.model, now - task.began)


def learn_duration(session: Session, job: JobState, task: TrackedTask) -> None:
    """Not longer than we have seen it run: a gateway's clocks may differ."""
    seconds = lasted(task.outcome) if isinstance(task.outcome, Task) else None
    if seconds is not None:
        seen = inf if task.began is None else session.clock() - task.began
        session.durations.learn(job.model, min(seconds, seen))


def take_poll_turn(session: Session, task: TrackedTask, overtime: OvertimeBudget) -> Steps[bool]:
    """Sleep until it is the turn of a poll that is due; False if it is not to be sent now."""
    now = session.clock()
    hopeful = overtime.for_exchange(now) > 0
    moment = session.polls.reserve(now, overtime.last_turn(now)) if hopeful else None
    if moment is not None and moment > now:
        overtime.spend(now, moment)
        yield Sleep(moment - now)
    taken = moment is not None
    if taken and session.turns is not None:
        taken = yield from wait_for_the_others(session, overtime)
    if taken:
        return True
    task.due, task.expired = task.last, session.clock() >= task.last
    return False


def wait_for_the_others(session: Session, overtime: OvertimeBudget) -> Steps[bool]:
    """Sleep until the others with this account have polled; False if this one is then too late."""
    began = session.clock()
    taken = yield from take_shared_turn(session, session.polls, overtime.last_turn(began))
    overtime.spend(began, session.clock())
    return taken


def poll_once(
    session: Session, task: TrackedTask, secrets: tuple[str, ...], overtime: OvertimeBudget
) -> Steps[tuple[PollResult, float]]:
    """Ask for one task once: what came of it, a missing answer included, and when."""
    sent, task.polls = session.clock(), task.polls + 1
    patience = min(session.timeout, overtime.for_exchange(sent))
    send = Send(session.adapter.details(task.task_id), patience, attempt=task.polls)
    found = yield from exchange_about(session, send, task.task_id, secrets)
    arrived = session.clock() if send.ended is None else send.ended
    overtime.spend(sent, arrived)
    return found, arrived


def exchange_about(
    session: Session, send: Send, task_id: str, secrets: tuple[str, ...]
) -> Steps[PollResult]:
    """What an exchange about one task brought."""
    try:
        answer: Answer = yield send
    except TransportError as problem:
        problem.gateway = session.name
        keep_read(problem, send.partial, secrets)
        return PollResult(None, problem)
    return read_poll(session.name, answer, task_id, secrets)


def pause_after_poll(session: Session, job: JobState, task: TrackedTask, elapsed: float) -> float:
    """How long to leave a task alone; longer when the gateway asks for it, or will call."""
    pause = session.polling.interval(elapsed, session.random)
    pause = max(pause, usual_pause(session, job, task, session.clock()))
    if job.bell is not None:
        pause = max(pause, callback_pause(session, job, task, elapsed))
    if isinstance(task.problem, RateLimited):
        wish = task.problem.retry_after
        return max(pause, session.polling.backoff_pause(1, wish, session.random))
    return pause


def make_outcome(job: JobState, tracked: list[TrackedTask]) -> list[Task]:
    """The tasks if all went well; else the error that tells what did not."""
    if job.bell is not None:
        note_silence(job.bell, tracked)
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
