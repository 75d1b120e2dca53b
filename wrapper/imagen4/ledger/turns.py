"""One account, several processes: with turns from the ledger they keep its rate together."""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from ..core.pacing import AHEAD, next_moment
from ..core.ports import Turn
from .schema import about, turns

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ..core.session import Session
    from ..facts import Rate
    from .store import Store

# Made once: SQLAlchemy takes longer to make a statement than SQLite to carry it out.
MINE = (turns.c.account == bindparam("of"), turns.c.kind == bindparam("what"))
TAKEN = select(turns.c.pace, turns.c.written).where(*MINE)
KEEP = update(turns).where(*MINE)


class LedgerTurns:
    """The turns of one account, which a fingerprint of its key tells from others."""

    def __init__(self, store: Store, session: Session) -> None:
        self._store = store
        self._clock = session.clock
        self._named = f"{session.base_url}\n{session.key}".encode()
        self._account = ""
        self.remote = store.database.remote

    def reserve(self, kind: str, rate: Rate, latest: float) -> Turn | None:
        """See `SharedTurns`. What is lost in a power failure matters to nobody."""
        account = self._account = self._account or self._fingerprint()
        with self._store.writing(f"turns {account} {kind}", durable=False) as connection:
            # Not before the others are done: they have looked at it, too.
            common = self._store.database.clock(connection, self._clock())
            now = self._clock()  # who is held up in between comes late, and not too early
            moments = taken(connection, account, kind, common)
            wait = next_moment(moments, rate, common) - common
            in_time = wait <= max(latest - now, 0.0)
            if in_time and wait <= AHEAD:
                moments = [*moments, common + wait][-rate.times :]
            values = {"pace": moments, "written": common}
            if connection.execute(KEEP, {"of": account, "what": kind, **values}).rowcount != 1:
                connection.execute(insert(turns), {"account": account, "kind": kind, **values})
        return Turn(now + wait, wait <= AHEAD) if in_time else None

    def _fingerprint(self) -> str:
        """Without the ledger's salt nobody can compare it with that of a key; nor turn it back."""
        return hmac.digest(salt_of(self._store).encode(), self._named, "sha256").hex()


def salt_of(store: Store) -> str:
    """A text that no other ledger has."""
    with store.reading() as connection:
        salt: str | None = connection.execute(select(about.c.salt)).scalar_one()
    return salt or new_salt(store)


def new_salt(store: Store) -> str:
    """The ledger's, if nobody was faster."""
    unsalted = update(about).where(about.c.salt.is_(None))
    with store.writing() as connection:
        connection.execute(unsalted.values(salt=secrets.token_hex(16)))
        salt: str = connection.execute(select(about.c.salt)).scalar_one()
        return salt


def taken(connection: Connection, account: str, kind: str, now: float) -> list[float]:
    """The last moments that were given away.

    Where the clock was set back, or the machine started again, as if no time had passed since.
    """
    row: Any = connection.execute(TAKEN, {"of": account, "what": kind}).first()
    if row is None:
        return []
    back = min(now - row.written, 0.0)
    return [moment + back for moment in row.pace]
