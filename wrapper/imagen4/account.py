"""The small questions: the balance, and how tasks stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .effects import Answer, Send, Steps
from .envelope import described, opened, refusal
from .errors import UnexpectedResponse
from .gateways import data_of
from .reading import news_in
from .task import number

if TYPE_CHECKING:
    from .batch import Batch
    from .core import Core
    from .task import Task


def balance(core: Core) -> Steps[float]:
    """The account's remaining credits."""
    envelope = opened((yield Send(core.adapter.credits(), core.timeout)))
    error = refusal(envelope, secrets=(core.key,))
    found = None if error else number(data_of(core.adapter.credits_model, envelope.decoded))
    if found is None:
        reason = "The answer holds no balance"
        raise error or described(UnexpectedResponse, envelope, reason, (core.key,))
    return found


def states(core: Core, batch: Batch) -> Steps[tuple[Task, ...]]:
    """Every task of a batch, asked for once; one that failed is an answer, too."""
    tasks: tuple[Task, ...] = ()
    for task_id in batch.task_ids:
        answer: Answer = yield Send(core.adapter.details(task_id), core.timeout)
        news = news_in(core.adapter, answer, task_id, (core.key, *batch.words))
        if news.task is None:
            raise news.problem or UnexpectedResponse("The answer holds no task")
        tasks += (news.task,)
    return tasks
