"""The balance: asked for by a caller, or around a create, as evidence of what became of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Imagen4Error, TransportError, UnexpectedResponse
from ..events import BalanceSeen
from .effects import Send
from .envelope import error_from_answer, keep_read, parse_envelope, refusal
from .records import finite_number

if TYPE_CHECKING:
    from .effects import Steps
    from .job_state import JobState
    from .session import Session

PATIENCE = 5.0  # seconds; evidence is not worth more
SHARE = 5  # nor more than so large a part of the call's time


def read_balance(session: Session, timeout: float | None = None) -> Steps[float]:
    """The account's remaining credits."""
    send, secrets = Send(session.adapter.credits(), timeout or session.timeout), (session.key,)
    try:
        envelope = parse_envelope((yield send))
    except TransportError as problem:
        keep_read(problem, send.partial, secrets)
        raise
    error = refusal(envelope, secrets=secrets)
    found = None if error else finite_number(envelope.data)
    if found is None:
        reason = "The answer holds no balance"
        raise error or error_from_answer(UnexpectedResponse, envelope, reason, secrets)
    return found


def note_balance(session: Session, job: JobState) -> Steps[None]:
    """Before the first create of a job that a ledger keeps, if nothing else can be in flight.

    Once in such a quiet time, so it costs one request; not for one of many, which are never alone.
    """
    if session.quiet and job.recorded and len(session.under_way) <= 1:
        session.alone = job
        job.balance = yield from _balance_if_told(session, job)


def begin_create(session: Session, job: JobState) -> None:
    """From here on the balance changes; what was noted counts for the job's first create."""
    session.quiet = False
    if session.alone is not job or job.task_ids:
        session.alone = job.balance = None


def show_balance(session: Session, job: JobState) -> Steps[None]:
    """After a create that is uncertain, if nothing else was in flight all the time."""
    if job.balance is None or session.alone is not job or len(session.under_way) > 1:
        return
    after = yield from _balance_if_told(session, job)
    if after is not None:
        yield BalanceSeen(*session.identity(job), None, job.balance, after)


def _balance_if_told(session: Session, job: JobState) -> Steps[float | None]:
    patience = min(PATIENCE, session.timeout, job.patience / SHARE)
    try:
        return (yield from read_balance(session, patience)) if patience else None
    except Imagen4Error:
        return None
