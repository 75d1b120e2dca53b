"""The small questions: the balance, and how tasks stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Imagen4Error, TaskFailed, TaskNotFound, UnexpectedResponse
from .effects import Send, Sleep, Steps
from .envelope import data_of, described, opened, refusal
from .task import number
from .waiting import exchanged, partial_failure

if TYPE_CHECKING:
    from .batch import Batch
    from .reading import News
    from .settings import Settings
    from .task import Task

ABOUT_ONE_TASK = (TaskNotFound, TaskFailed, UnexpectedResponse)


def balance(settings: Settings) -> Steps[float]:
    """The account's remaining credits."""
    envelope = opened((yield Send(settings.adapter.credits(), settings.timeout)))
    error = refusal(envelope, secrets=(settings.key,))
    found = None if error else number(data_of(settings.adapter.credits_model, envelope.decoded))
    if found is None:
        reason = "The answer holds no balance"
        raise error or described(UnexpectedResponse, envelope, reason, (settings.key,))
    return found


def states(settings: Settings, batch: Batch) -> Steps[tuple[Task, ...]]:
    """Every task of a batch, asked for once, at the documented rate; a failed one is an answer.

    What cannot be read does not hide the other tasks: they are on the PartialFailure.
    """
    tasks: list[Task] = []
    failures: list[Imagen4Error] = []
    for place, task_id in enumerate(batch.task_ids):
        news = yield from asked(settings, batch, task_id)
        if news.task is not None:
            tasks.append(news.task)
            continue
        problem = news.problem or UnexpectedResponse("The answer holds no task")
        failures.append(problem)
        if not isinstance(problem, ABOUT_ONE_TASK):
            problem.task_ids = tuple(batch.task_ids[place:])  # the others are not asked for
            break
    if failures and tasks:
        raise partial_failure(failures, tasks, "could not be read")
    if failures:
        raise failures[0]
    return tuple(tasks)


def asked(settings: Settings, batch: Batch, task_id: str) -> Steps[News]:
    """Ask for one task when it is its turn."""
    now = settings.clock()
    moment = settings.polls.reserve(now) or now
    if moment > now:
        yield Sleep(moment - now)
    send = Send(settings.adapter.details(task_id), settings.timeout)
    return (yield from exchanged(settings, send, task_id, batch.words))
