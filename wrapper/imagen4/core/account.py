"""The small questions: the balance, and how tasks stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Imagen4Error, TaskFailed, TaskNotFound, UnexpectedResponse
from .effects import Answer, Send, Sleep, Steps
from .envelope import data_of, described, opened, refusal
from .reading import News, news_in
from .task import number
from .waiting import partial_failure

if TYPE_CHECKING:
    from .batch import Batch
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

    A task that cannot be read does not hide the others: they are on the PartialFailure.
    """
    tasks: list[Task] = []
    failures: list[Imagen4Error] = []
    for task_id in batch.task_ids:
        news = yield from asked(settings, batch, task_id)
        problem = news.problem or UnexpectedResponse("The answer holds no task")
        if news.task is not None:
            tasks.append(news.task)
        elif isinstance(problem, ABOUT_ONE_TASK):
            failures.append(problem)
        else:
            raise problem
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
    answer: Answer = yield Send(settings.adapter.details(task_id), settings.timeout)
    return news_in(settings.adapter, answer, task_id, (settings.key, *batch.words))
