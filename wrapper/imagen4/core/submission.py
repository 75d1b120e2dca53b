"""Creating tasks, each of which is paid for and none of which is created twice.

There is no idempotency key. So a create is sent once, and again only after

- a failure before any byte left (connection refused, name not found, connect or pool
  time-out), or
- an explicit "rate limited" (429, as status or code),

the first a number of times, the second until the deadline. After anything that leaves open
whether the task exists, `SubmissionUncertain` says so. Evidence for what is ambiguous: live
gateways answer code 500 to bad parameters as well as to internal errors.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from ..errors import (
    CreateStopped,
    FeatureDisabled,
    Imagen4Error,
    InvalidRequest,
    ModelUnavailable,
    RateLimited,
    SubmissionUncertain,
    TaskTimeout,
    TransportError,
    UnexpectedResponse,
)
from ..events import CreateRefused, CreateStarting, CreateUncertain, Retrying, TaskCreated
from ..facts.models import WITHDRAWN, says_model_is_gone
from ..facts.protocol import Code
from .balance import begin_create, show_balance
from .callback_token import marked_url
from .effects import Send, Sleep
from .envelope import error_from_answer, keep_read, parse_envelope, refusal
from .job_state import created_id, id_in
from .turns import wait_for_create_turn

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from .answer import Answer, Call
    from .effects import Steps
    from .envelope import Envelope
    from .job_state import JobState
    from .request import PlannedCreate
    from .session import Session

LEAVE_AFTER = 10.0  # seconds: the window of the documented rate
SHORTEST_LEAVE = 4.0  # seconds that a create has for its connection, at the deadline, too
SHORTEST_TRY = 1.0  # the same, where another gateway needs time after this one
ADVICE = "Look at the gateway's list of tasks, or at the balance, before you try again"


def create_tasks(session: Session, job: JobState, deadline: float) -> Steps[None]:
    """Create the tasks of a job, one after the other, and stop at the first failure."""
    for number, plan in enumerate(job.plans, 1):
        if number in job.taken_up:
            continue
        job.number = number
        if job.task_ids and session.clock() > deadline:
            raise too_late(job)
        task_id = yield from create_task(session, job, plan, deadline)
        job.add(task_id, plan.seed, session.clock())
        job.elsewhere = False
        yield TaskCreated(*session.identity(job), task_id, tuple(job.task_ids))


def too_late(job: JobState) -> TaskTimeout:
    """The error for creates that are not sent because the earlier ones took all the time."""
    done, total = len(job.task_ids), len(job.plans)
    return TaskTimeout(
        f"The time is over after {done} of {total} creates; the others were not sent"
    )


def create_task(
    session: Session, job: JobState, plan: PlannedCreate, deadline: float
) -> Steps[str]:
    """Create one task and return its id."""
    begin_create(session, job)
    url, token = marked_url(session, job)
    call, until = session.adapter.create(job.model, plan.fields, url), None
    refused: Imagen4Error | None = None
    for attempt in count(1):
        latest = until if until and job.elsewhere else deadline
        yield from wait_for_create_turn(session, job, latest, refused)
        # The deadline may leave out the wait for a turn; being refused always has an end.
        until = until or min(deadline, session.clock() + patience_of(job))
        yield from announce(session, job, plan, attempt, token)
        sent = session.clock()
        end, least = (until, SHORTEST_TRY) if job.elsewhere else (deadline, SHORTEST_LEAVE)
        leave_in = max(end - sent, least)
        outcome = yield from send_create(session, job, call, leave_in, attempt)
        if isinstance(outcome, str):
            session.creates.accepted()
            return outcome
        if isinstance(outcome, RateLimited):
            session.creates.refused(sent, session.clock())
            end = until
        yield from ride_out(session, job, outcome, attempt, end)
        refused = outcome
    raise AssertionError  # count() does not end


def ride_out(
    session: Session, job: JobState, refused: Imagen4Error, attempt: int, end: float
) -> Steps[None]:
    """Tell of a create that made no task, and wait until it may be sent again.

    Raises what refused it where it may not.
    """
    refused.accepted = "no"
    yield CreateRefused(*session.identity(job), None, refused)
    pause = pause_before_retry(session, refused, attempt, end)
    if pause is None:
        raise refused
    yield Retrying(*session.identity(job), None, "create", pause, str(refused))
    yield Sleep(pause)


def patience_of(job: JobState) -> float:
    """Seconds for which the gateway may refuse a create; few if another one can be tried."""
    return min(job.patience / 2, LEAVE_AFTER) if job.elsewhere else job.patience


def announce(
    session: Session, job: JobState, plan: PlannedCreate, attempt: int, token: str | None
) -> Steps[None]:
    """Tell of a create before a byte of it leaves. Raises CreateStopped if a listener objects."""
    number, total = job.number, len(job.plans)
    what = (job.model, plan.pictures, job.key, plan.fields, plan.seed)
    more = (token, job.balance, job.keys_elsewhere, job.passed_over)
    try:
        yield CreateStarting(*session.identity(job), None, number, total, attempt, *what, *more)
    except Exception as problem:
        yield CreateRefused(*session.identity(job), None, problem)
        if isinstance(problem, Imagen4Error):
            problem.accepted = "no"
            raise
        name = type(problem).__name__
        raise CreateStopped(f"A listener stopped create {number} of {total}: {name}") from problem


def send_create(
    session: Session, job: JobState, call: Call, leave_in: float, attempt: int = 1
) -> Steps[str | Imagen4Error]:
    """Send a create: the task's id, or the error that proves that there is no task."""
    patience = min(leave_in, session.timeout)
    job.create = Send(call, session.timeout, attempt=attempt, leave_in=patience)
    sent_at = session.now()
    outcome: str | Imagen4Error
    try:
        answer: Answer = yield job.create
    except TransportError as failure:
        outcome, certain = failure, not failure.sent
        keep_read(failure, job.create.partial, session.secrets(job))
    else:
        outcome = task_id_or_error(session, job, answer)
        certain = isinstance(outcome, str) or is_certain(outcome, answer)
    if isinstance(outcome, str):
        return outcome
    if not certain:
        error = uncertain(job, outcome, sent_at)
        yield CreateUncertain(*session.identity(job), error.record_id, error)
        yield from show_balance(session, job)
        raise error from outcome
    job.create = None
    return outcome


def task_id_or_error(session: Session, job: JobState, answer: Answer) -> str | Imagen4Error:
    """What a create's answer comes to."""
    envelope = parse_envelope(answer)
    secrets = session.secrets(job)
    error = refusal(envelope, secrets=secrets)
    if isinstance(error, InvalidRequest) and says_model_is_gone(error.message):
        return model_unavailable(job.model, envelope, secrets)
    if error is not None:
        return error
    task_id = created_id(envelope)
    if task_id is not None and task_id not in job.task_ids:
        return task_id
    named = "the id of an earlier create's task" if task_id else "no usable task id"
    reason = f"A success with {named}"
    return error_from_answer(UnexpectedResponse, envelope, reason, secrets)


def model_unavailable(model: str, envelope: Envelope, secrets: Collection[str]) -> ModelUnavailable:
    """The error for a model that the gateway does not have, with what succeeds it."""
    withdrawn = WITHDRAWN.get(model)
    message = f"{model} is not available: {envelope.message}"
    if withdrawn:
        message += (
            f" (its maker withdrew it on {withdrawn.date}; "
            f"successor: {' or '.join(withdrawn.successors)})"
        )
    error = error_from_answer(ModelUnavailable, envelope, message, secrets)
    error.model, error.successors = model, withdrawn.successors if withdrawn else ()
    return error


def is_certain(error: Imagen4Error, answer: Answer) -> bool:
    """Whether an answer that is no success proves that no task was created.

    Only a refusal by number does: a 4xx, or the documented code 505 in so many words. Not
    408 and 499, which are time-outs, and not an answer that names a task all the same.
    """
    if id_in(answer) is not None:
        return False
    verdict = error.code if 200 <= answer.status < 300 else answer.status
    if isinstance(error, FeatureDisabled):
        return error.code == verdict
    timed_out = verdict in (Code.TIMED_OUT, Code.CLIENT_GONE)
    return verdict is not None and 400 <= verdict < 500 and not timed_out


def uncertain(job: JobState, problem: Imagen4Error, sent_at: datetime) -> SubmissionUncertain:
    """The error for a create that may have been accepted."""
    number, total = job.number, len(job.plans)
    error = SubmissionUncertain(
        f"Create {number} of {total}, sent at {sent_at:%Y-%m-%d %H:%M:%S} UTC, may have been "
        f"accepted and was not repeated: {problem.message.rstrip('.')}. {ADVICE}",
        task_ids=tuple(job.task_ids),
        code=problem.code,
        http_status=problem.http_status,
        body=problem.body,
    )
    error.sent_at = sent_at
    error.record_id = job.create_id
    return error


def pause_before_retry(
    session: Session, problem: Imagen4Error, attempt: int, deadline: float
) -> float | None:
    """How long to wait before the create is sent again; None when it is not."""
    polling, left = session.polling, deadline - session.clock()
    limited = isinstance(problem, RateLimited)
    if not limited and not isinstance(problem, TransportError):
        return None
    if attempt >= polling.attempts and not (limited and polling.repeats_refused):
        return None
    # Half of the rest, where the pause would take all of it. But not sooner than the gateway
    # asks: that would be no help, and the caller may know better.
    whole = polling.backoff_pause(attempt, None, session.random)
    pause = min(whole, left / 2)
    wish = 0.0
    if isinstance(problem, RateLimited) and polling.backoff:
        wish = problem.retry_after or 0.0
    return max(pause, wish) if pause >= min(whole, polling.backoff / 2) and wish < left else None
