"""What a ledger's creates cost: as charged, else as estimated. Uncertain ones count."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVarTuple

from sqlalchemy import bindparam, func, select

from .schema import SENDABLE, RowState, creates, is_one_of

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select

Ts = TypeVarTuple("Ts")

MANY = 1000  # rows, which are added up in half a millisecond
COST = func.coalesce(creates.c.charged, creates.c.estimate, 0.0)
TOTAL = func.coalesce(func.sum(COST), 0.0)
SPENT = select(TOTAL).where(~is_one_of(SENDABLE))
LATER = select(TOTAL, func.count()).where(~is_one_of(SENDABLE), creates.c.id > bindparam("last"))
SOME = SPENT.where(creates.c.id.in_(bindparam("open", expanding=True)))
# Their cost hardly changes any more.
HAS_ENDED = is_one_of([RowState.SAVED, RowState.FAILED])
LAST = select(func.max(creates.c.id))
NOT_ENDED = select(creates.c.id).where(~HAS_ENDED).limit(MANY + 1)
ENDED = select(TOTAL).where(HAS_ENDED)


@dataclass(slots=True)
class Spending:
    """Adds up in a recorder's transactions: what has ended only once in a while.

    A sum over 100,000 rows takes longer than all else that a create costs.
    """

    limit: float
    """So many credits are allowed."""
    account: str | None = None
    """To the creates of this one; None is all of the ledger's."""

    last: int = 0
    """Up to this row `ended` is what those cost that had ended, and `open` are the others."""
    ended: float = 0.0
    open: list[int] = field(default_factory=list)
    many: int | None = None
    """Behind so many further rows it is worth looking again."""

    def spent(self, connection: Connection) -> float:
        later, count = connection.execute(self._own(LATER), {"last": self.last}).one()
        some = connection.execute(SOME, {"open": self.open}).scalar_one() if self.open else 0.0
        total: float = self.ended + later + some
        if count > (self.many or MANY):
            self._look(connection, count)
        return total

    def _look(self, connection: Connection, count: int) -> None:
        found = connection.execute(self._own(NOT_ENDED)).scalars().all()
        if len(found) > MANY:
            self.many = 2 * count
            return
        self.open, self.many = list(found), None
        self.last = connection.execute(LAST).scalar_one()
        self.ended = connection.execute(self._own(ENDED)).scalar_one()

    def _own(self, chosen: Select[*Ts]) -> Select[*Ts]:
        return chosen if self.account is None else chosen.where(creates.c.account == self.account)
