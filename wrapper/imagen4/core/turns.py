"""Turns that all who use an account take from one place, so that together they keep its rate."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ..errors import LedgerError
from .effects import Consult, Sleep
from .pacing import AHEAD

if TYPE_CHECKING:
    from .effects import Steps
    from .pacing import Pacer
    from .ports import Turn
    from .session import Session


def take_shared_turn(session: Session, pacer: Pacer, latest: float) -> Steps[bool]:
    """Sleep until it is the turn of whoever has it by the session's own pacer.

    False if that is after `latest`. Raises LedgerError where nobody can be asked.
    """
    if session.turns is None:
        return True
    while True:
        question = partial(session.turns.reserve, pacer.kind, pacer.rate, latest)
        turn: Turn | None = yield Consult(question, session.turns.remote)
        if turn is None:
            return False
        wait = turn.moment - session.clock() - (0.0 if turn.taken else AHEAD / 2)
        if wait > 0:
            yield Sleep(wait)
        if turn.taken:
            return True


def take_poll_turn(session: Session, latest: float) -> Steps[bool]:
    """The same for a poll, which goes out where nobody can be asked: what it is about is paid."""
    try:
        return (yield from take_shared_turn(session, session.polls, latest))
    except LedgerError:
        return True
