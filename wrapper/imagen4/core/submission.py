"""Creating tasks, each of which is paid for and none of which is created twice.

There is no idempotency key. So a create is sent once, and again only after

- a failure before any byte left (connection refused, name not found, connect or pool
  time-out), or
- an explicit "rate limited" (429, as status or code),

within a number of attempts and the deadline. After anything that leaves open whether the
task exists, `SubmissionUncertain` says so. Evidence for what is ambiguous: live gateways
answer code 500 to bad parameters as well as to internal errors.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from ..errors import (
    FeatureDisabled,
    Imagen4Error,
    RateLimited,
    SubmissionUncertain,
    TaskTimeout,
    TransportError,
    UnexpectedResponse,
)
from .batch import Batch, id_in, logger
from .effects import Answer, Call, Send, Sleep, Steps, Update
from .envelope import data_of, described, opened, refusal
from .polling import LONGEST_RETRY_AFTER
from .task import usable_id

if TYPE_CHECKING:
    from datetime import datetime

    from .request import Planned
    from .settings import Settings


def submitted(settings: Settings, batch: Batch, started: float, deadline: float) -> Steps[None]:
    """Create the tasks of a batch, one after the other, and stop at the first failure."""
    for plan in batch.plans:
        if batch.task_ids and settings.clock() > deadline:
            raise too_late(batch)
        task_id = yield from created(settings, batch, plan, deadline)
        batch.add(task_id, plan.seed, settings.clock())
        logger.info("%s: created task %s", settings.adapter.name, task_id)
        elapsed = settings.clock() - started
        yield Update(task_id, "submitted", elapsed, tuple(batch.task_ids))


def too_late(batch: Batch) -> TaskTimeout:
    """The error for creates that are not sent because the earlier ones took all the time."""
    count, total = len(batch.task_ids), len(batch.plans)
    return TaskTimeout(
        f"The time is over after {count} of {total} creates; the others were not sent"
    )


def created(settings: Settings, batch: Batch, plan: Planned, deadline: float) -> Steps[str]:
    """Create one task and return its id."""
    call = settings.adapter.create(plan.fields, batch.callback_url)
    for attempt in count(1):
        yield from paced(settings, deadline)
        outcome = yield from sent_once(settings, batch, call)
        if isinstance(outcome, str):
            return outcome
        pause = pause_after(settings, outcome, attempt, deadline)
        if pause is None:
            raise outcome
        logger.warning("%s: not created (%s), again in %.1f s", settings.name, outcome, pause)
        yield Sleep(pause)
    raise AssertionError  # count() does not end


def paced(settings: Settings, deadline: float) -> Steps[None]:
    """Wait for this client's turn to create."""
    now = settings.clock()
    moment = settings.creates.reserve(now, max(now, deadline))
    if moment is None:
        creates, seconds = settings.adapter.creates
        raise RateLimited(
            f"Not sent: the gateway allows {creates} creates in {seconds:g} s, and this "
            "one's turn comes after the deadline"
        )
    if moment > now:
        yield Sleep(moment - now)


def sent_once(settings: Settings, batch: Batch, call: Call) -> Steps[str | Imagen4Error]:
    """Send a create: the task's id, or the error that proves that there is no task."""
    batch.create = Send(call, settings.timeout)
    sent_at = settings.now()
    outcome: str | Imagen4Error
    try:
        answer: Answer = yield batch.create
    except TransportError as failure:
        outcome, certain = failure, not failure.sent
    else:
        outcome = task_id_or_error(settings, batch, answer)
        certain = isinstance(outcome, str) or is_certain(outcome, answer)
    if isinstance(outcome, str):
        return outcome
    if not certain:
        raise uncertain(batch, outcome, sent_at) from outcome
    batch.create = None
    return outcome


def task_id_or_error(settings: Settings, batch: Batch, answer: Answer) -> str | Imagen4Error:
    """What a create's answer comes to."""
    envelope = opened(answer)
    secrets = (settings.key, *batch.words)
    error = refusal(envelope, secrets=secrets)
    if error is not None:
        return error
    data = data_of(settings.adapter.created_model, envelope.decoded)
    task_id = usable_id(getattr(data, "task_id", None))
    if task_id is not None and task_id not in batch.task_ids:
        return task_id
    named = "the id of an earlier create's task" if task_id else "no usable task id"
    reason = f"A success with {named}"
    return described(UnexpectedResponse, envelope, reason, secrets)


def is_certain(error: Imagen4Error, answer: Answer) -> bool:
    """Whether an answer that is no success proves that no task was created.

    Only a refusal by number does: a 4xx, or the documented code 505 in so many words. Not
    408 and 499, which are time-outs, and not an answer that names a task all the same.
    """
    if id_in(answer) is not None:
        return False
    number = error.code if 200 <= answer.status < 300 else answer.status
    if isinstance(error, FeatureDisabled):
        return error.code == number
    return number is not None and 400 <= number < 500 and number not in (408, 499)


def uncertain(batch: Batch, problem: Imagen4Error, sent_at: datetime) -> SubmissionUncertain:
    """The error for a create that may have been accepted."""
    count, total = len(batch.task_ids) + 1, len(batch.plans)
    error = SubmissionUncertain(
        f"Create {count} of {total}, sent at {sent_at:%Y-%m-%d %H:%M:%S} UTC, may have been "
        f"accepted and was not repeated: {problem.message}",
        task_ids=tuple(batch.task_ids),
        code=problem.code,
        http_status=problem.http_status,
        body=problem.body,
    )
    error.sent_at = sent_at
    answer = batch.create.answer if batch.create else None
    error.record_id = id_in(answer) if answer else None
    return error


def pause_after(
    settings: Settings, problem: Imagen4Error, attempt: int, deadline: float
) -> float | None:
    """How long to wait before the create is sent again; None when it is not."""
    repeatable = isinstance(problem, (RateLimited, TransportError))
    if not repeatable or attempt >= settings.polling.attempts:
        return None
    wish = problem.retry_after if isinstance(problem, RateLimited) else None
    if wish is not None and wish > LONGEST_RETRY_AFTER:
        return None  # sooner is not what the gateway asked for, and the caller may know better
    pause = settings.polling.pause(attempt, wish, settings.random)
    return pause if settings.clock() + pause < deadline else None
