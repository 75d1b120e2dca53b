"""What an answer about a task comes to, for polling, `status()` and `confirm()` alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import Imagen4Error, TaskFailed, UnexpectedResponse
from .envelope import Envelope, data_of, described, opened, refusal
from .task import Task, task_from, words_in

if TYPE_CHECKING:
    from collections.abc import Collection

    from ..gateways.adapter import Adapter
    from .effects import Answer


@dataclass(frozen=True, slots=True)
class News:
    """A poll's yield: the task as far as it could be read, and what is wrong, if anything."""

    task: Task | None
    problem: Imagen4Error | None


def news_in(adapter: Adapter, answer: Answer, task_id: str, secrets: Collection[str]) -> News:
    """Read an answer of Get Task Details."""
    envelope = opened(answer)
    secrets = (*secrets, *words_in(envelope.data))
    problem = refusal(envelope, about_task=True, secrets=secrets)
    task = None
    # Code 501 says "generation failed" and may still come with the task.
    if problem is None or isinstance(problem, TaskFailed):
        details = data_of(adapter.details_model, envelope.decoded)
        task = task_from(details, envelope.decoded, asked=task_id, secrets=secrets)
    if problem is not None and task is not None and not task.failed:
        reason = f"The code says that the task failed, its state is {task.state}"
        task, problem = None, described(UnexpectedResponse, envelope, reason, secrets)
    elif problem is None or task is not None:
        problem = trouble(task, envelope, secrets)
    if problem is not None:
        problem.task_ids = (task_id,)
    return News(task, problem)


def trouble(task: Task | None, envelope: Envelope, secrets: Collection[str]) -> Imagen4Error | None:
    """What is wrong with a task that was read; None while it runs and when it has pictures."""
    if task is None:
        reason = "The answer does not describe the task that was asked for"
    elif task.failed:
        return failure(task, envelope, secrets)
    elif task.running or task.urls:
        return None
    elif task.succeeded:
        reason = "The task succeeded without a single picture"
    else:
        reason = f"The task is in a state that no document knows: {task.state}"
    return described(UnexpectedResponse, envelope, reason, secrets)


def failure(task: Task, envelope: Envelope, secrets: Collection[str]) -> Imagen4Error:
    """The gateway's reasons as an error."""
    reason = f"The task failed: {task.fail_message or 'no reason given'}"
    error = described(TaskFailed, envelope, reason, secrets)
    error.fail_code = task.fail_code
    error.fail_message = task.fail_message
    return error
