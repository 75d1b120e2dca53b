"""Waiting for tasks: when to ask, how to take what comes, when to give up.

The first poll goes out at once, the others at the documented pace with jitter. The deadline
is overall and monotonic; the last sleep is cut to it, and a last poll of each task goes out
there. What those may take beyond it, all together, is a `Grace`. A failed poll says nothing
about the task, so transport errors, 429, 5xx and 455 are ridden out until the deadline.
"""

from __future__ import annotations

from dataclasses import dataclass
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
from .effects import Answer, Send, Sleep, Steps, Update
from .reading import News, news_in
from .task import Task

if TYPE_CHECKING:
    from .batch import Batch
    from .polling import Polling
    from .settings import Settings

TRANSIENT = (TransportError, RateLimited, GatewayUnavailable)
SHORTEST_EXCHANGE = 5.0  # a poll at the deadline itself still gets this long for its answer
HOPELESS = 0.05  # in less, no answer comes over the internet
# A last poll may keep to the rate past the deadline, or past the moment at which a slow
# consumer lets it go on: enough for the 20 requests that a batch has in flight by default.
LAST_POLL_SLACK = 3.0


@dataclass(slots=True)
class Grace:
    """Seconds that all exchanges of one wait may take together after its deadline."""

    deadline: float
    left: float

    def for_exchange(self, now: float) -> float:
        """How long the next exchange may take; 0 when it is not worth sending."""
        allowed = max(self.deadline - now, min(SHORTEST_EXCHANGE, self.left))
        return allowed if allowed >= HOPELESS else 0.0

    def spend(self, sent: float, now: float) -> None:
        self.left -= max(0.0, now - max(sent, self.deadline))


@dataclass(slots=True)
class Watch:
    """One task under watch.

    due: when to ask next, `last`: when for the last time. seen: when it was last known to
    exist, `unknown`: since when it is not. strange: answers in a row that made no sense.
    ended: its final word.
    """

    task_id: str
    due: float
    last: float
    seen: float | None = None
    ended: Task | Imagen4Error | None = None
    unknown: float | None = None
    expired: bool = False
    strange: int = 0
    trouble: Imagen4Error | None = None

    @property
    def over(self) -> bool:
        return self.expired or self.ended is not None

    def learn(self, news: News, now: float, polling: Polling) -> None:
        """Take in what a poll brought. Raises what concerns more than this task."""
        self.trouble = problem = news.problem
        if news.task is not None:
            self.seen, self.unknown = now, None
        if problem is None:
            self.strange = 0
            self.ended = news.task if news.task and news.task.succeeded else None
        elif isinstance(problem, TaskFailed):
            self.ended = problem
        elif isinstance(problem, TaskNotFound):
            # From the first "unknown", not from when it was seen: polls may be further
            # apart than the grace is long, and a single stray one must not end the wait.
            self.unknown = now if self.unknown is None else self.unknown
            patient = self.seen is not None and now - self.unknown < polling.grace
            self.ended = None if patient else problem
        elif isinstance(problem, TRANSIENT):
            pass
        elif isinstance(problem, UnexpectedResponse) or problem.code is None:
            # Without a code, a 403 may be a page of whoever stands before the gateway.
            self.strange += 1
            self.ended = problem if self.strange >= polling.tolerance else None
        else:
            problem.task_ids = ()  # a key refused, say: about all tasks of the job
            raise problem


def waited(settings: Settings, batch: Batch, started: float, deadline: float) -> Steps[list[Task]]:
    """Poll until every task of the batch has ended, and return them in the batch's order."""
    watches = watches_of(settings, batch, deadline)
    grace = Grace(deadline, SHORTEST_EXCHANGE + len(watches) * settings.polls.period)
    while running := [watch for watch in watches if not watch.over]:
        watch = min(running, key=lambda each: each.due)
        if not (yield from turn(settings, watch, grace)):
            continue
        news, arrived = yield from polled(settings, watch.task_id, batch.words, grace)
        now = settings.clock()
        watch.learn(news, now, settings.polling)
        if watch.seen is not None:
            batch.seen[watch.task_id] = watch.seen
        # Not now: a consumer of updates or results may have kept us from reading the answer.
        watch.expired = arrived >= watch.last
        watch.due = min(now + pause_after(settings, watch, now - started), watch.last)
        state = news.task.state if news.task else ""
        known = tuple(batch.task_ids)
        yield Update(watch.task_id, state, now - started, known, news.task, news.problem)
    return concluded(batch, watches)


def watches_of(settings: Settings, batch: Batch, deadline: float) -> list[Watch]:
    """One watch for each task; their last polls stand one after the other before the deadline."""
    now, spacing = settings.clock(), settings.polls.period
    return [
        Watch(
            task_id,
            due=now,
            last=deadline - behind * spacing,
            seen=batch.seen.get(task_id),
            ended=batch.ended.get(task_id),
        )
        for behind, task_id in enumerate(batch.task_ids)
    ]


def turn(settings: Settings, watch: Watch, grace: Grace) -> Steps[bool]:
    """Sleep until this poll is due and within the rate; False if it is not to be sent now."""
    now = settings.clock()
    if watch.due > now:
        yield Sleep(watch.due - now)
        now = settings.clock()
    latest = max(grace.deadline, now) + LAST_POLL_SLACK
    moment = settings.polls.reserve(now, latest) if grace.for_exchange(now) > 0 else None
    if moment is None:
        watch.due, watch.expired = watch.last, now >= watch.last
        return False
    if moment > now:
        yield Sleep(moment - now)
    return True


def polled(
    settings: Settings, task_id: str, words: tuple[str, ...], grace: Grace
) -> Steps[tuple[News, float]]:
    """Ask for one task once: what came of it, a missing answer included, and when."""
    sent = settings.clock()
    send = Send(settings.adapter.details(task_id), min(settings.timeout, grace.for_exchange(sent)))
    news = yield from exchanged(settings, send, task_id, words)
    arrived = settings.clock() if send.ended is None else send.ended
    grace.spend(sent, arrived)
    return news, arrived


def exchanged(settings: Settings, send: Send, task_id: str, words: tuple[str, ...]) -> Steps[News]:
    """What an exchange about one task brought."""
    try:
        answer: Answer = yield send
        news = news_in(settings.adapter, answer, task_id, (settings.key, *words))
    except TransportError as problem:
        news = News(None, problem)
    if news.problem is not None:
        news.problem.gateway = settings.name
    return news


def pause_after(settings: Settings, watch: Watch, elapsed: float) -> float:
    """How long to leave a task alone; longer when the gateway asks for it."""
    pause = settings.polling.interval(elapsed, settings.random)
    if isinstance(watch.trouble, RateLimited):
        wish = watch.trouble.retry_after
        return max(pause, settings.polling.pause(1, wish, settings.random))
    return pause


def concluded(batch: Batch, watches: list[Watch]) -> list[Task]:
    """The tasks if all went well; else the error that tells what did not."""
    tasks = [watch.ended for watch in watches if isinstance(watch.ended, Task)]
    batch.ended.update({task.task_id: task for task in tasks})
    pending = [watch for watch in watches if watch.ended is None]
    if pending:
        raise timeout(pending, len(watches))
    failures = [watch.ended for watch in watches if isinstance(watch.ended, Imagen4Error)]
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
    error.failures, error.result = tuple(failures), tasks
    return error


def timeout(pending: list[Watch], total: int) -> TaskTimeout:
    troubles = [watch.trouble for watch in pending if watch.trouble]
    last = f"; the last poll failed: {troubles[-1].message}" if troubles else ""
    error = TaskTimeout(f"The wait is over, {len(pending)} of {total} tasks still run{last}")
    error.__cause__ = troubles[-1] if troubles else None
    return error
