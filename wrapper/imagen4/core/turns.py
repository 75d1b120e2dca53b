"""Waiting for the turn to send: the client's own, and that of all who use its account.

Those take turns from one place, so that together they keep the account's rate.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ..errors import LedgerError, RateLimited
from .effects import Consult, Sleep
from .pacing import AHEAD

if TYPE_CHECKING:
    from ..errors import Imagen4Error
    from .effects import Steps
    from .job_state import JobState
    from .pacing import Pacer
    from .ports import Turn
    from .session import Session


def wait_for_create_turn(
    session: Session, job: JobState, deadline: float, refusal: Imagen4Error | None = None
) -> Steps[None]:
    """Wait for this client's turn to create; raises the refusal before, where there is none.

    Also raises, where another gateway can be tried, why this one has failed another request.
    """
    now = session.clock()
    moment = session.creates.reserve(now, max(now, deadline))
    if moment is not None and moment > now:
        yield Sleep(moment - now)
    taken = moment is not None
    if taken and session.turns is not None:
        taken = yield from take_shared_turn(session, session.creates, deadline)
    if not taken:
        raise refusal or turn_too_late(session)
    if job.elsewhere and (reason := job.failed_lately()):
        raise reason


def turn_too_late(session: Session) -> RateLimited:
    """The error for a create that is not sent, since others have taken all turns."""
    creates, seconds = session.adapter.creates
    error = RateLimited(
        f"Not sent: the gateway allows {creates} creates in {seconds:g} s, and this "
        "one's turn comes after the deadline"
    )
    error.accepted, error.tried = "no", False
    return error


def take_shared_turn(session: Session, pacer: Pacer, latest: float) -> Steps[bool]:
    """Sleep until it is the turn of whoever has it by the session's own pacer.

    False if that is after `latest`. Where nobody can be asked the own pacer's turn is enough: a
    poll is about what is paid, and a create that cannot be written down is stopped for that.
    """
    if session.turns is None:
        return True
    question = partial(session.turns.reserve, pacer.kind, pacer.rate, latest)
    while True:
        try:
            turn: Turn | None = yield Consult(question, session.turns.remote)
        except LedgerError:
            return True
        if turn is None:
            return False
        wait = turn.moment - session.clock() - (0.0 if turn.taken else AHEAD / 2)
        if wait > 0:
            yield Sleep(wait)
        if turn.taken:
            return True
