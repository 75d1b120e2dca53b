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
