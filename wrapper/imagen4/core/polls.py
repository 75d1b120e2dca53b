"""What an answer about a task comes to, for polling, `status()` and `confirm()` alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import Imagen4Error, TaskFailed, UnexpectedResponse
from .echo import prompts_in
from .envelope import error_from_answer, parse_envelope, refusal
from .records import task_from_record

if TYPE_CHECKING:
    from collections.abc import Collection

    from .answer import Answer
    from .envelope import Envelope
    from .task import Task


@dataclass(frozen=True, slots=True)
class PollResult:
    """The task as far as it could be read, and what is wrong, if anything."""

    task: Task | None
    problem: Imagen4Error | None


def read_poll(gateway: str, answer: Answer, task_id: str, secrets: Collection[str]) -> PollResult:
    """Read an answer of Get Task Details."""
    envelope = parse_envelope(answer)
    secrets = (*secrets, *prompts_in(envelope.data))
    problem = refusal(envelope, about_task=True, secrets=secrets)
    task = None
    # Code 501 says "generation failed" and may still come with the task.
    if problem is None or isinstance(problem, TaskFailed):
        task = task_from_record(
            envelope.record, gateway, envelope.answer.decoded, expected_id=task_id, secrets=secrets
        )
    if problem is not None and task is not None and not task.failed:
        reason = f"The code says that the task failed, its state is {task.state}"
        task, problem = None, error_from_answer(UnexpectedResponse, envelope, reason, secrets)
    elif problem is None or task is not None:
        problem = error_for_task(task, envelope, secrets)
    if problem is not None:
        problem.task_ids, problem.gateway = (task_id,), gateway
    return PollResult(task, problem)


def error_for_task(
    task: Task | None, envelope: Envelope, secrets: Collection[str]
) -> Imagen4Error | None:
    """What is wrong with a task that was read; None while it runs and when it has pictures."""
    if task is None:
        reason = "The answer does not describe the task that was asked for"
    elif task.failed:
        return task_failure(task, envelope, secrets)
    elif task.running or task.urls:
        return None
    elif task.succeeded:
        lead = ": none of its links leads anywhere" if task.unusable_links else ""
        reason = f"The task succeeded without a single picture{lead}"
    else:
        reason = f"The task is in a state that no document knows: {task.state}"
    return error_from_answer(UnexpectedResponse, envelope, reason, secrets)


def task_failure(task: Task, envelope: Envelope, secrets: Collection[str]) -> TaskFailed:
    """The gateway's reasons as an error."""
    code = f" (failCode {task.fail_code})" if task.fail_code else ""
    reason = f"The task failed: {task.fail_message or 'no reason given'}{code}"
    error = error_from_answer(TaskFailed, envelope, reason, secrets)
    error.fail_code = task.fail_code
    error.fail_message = task.fail_message
    return error
