"""Who is at work through a ledger: each says so now and then, and is missed when it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select, update

from .schema import workers

if TYPE_CHECKING:
    from collections.abc import Callable

    from .store import Store

BEAT = 2.0  # seconds between two signs of life
SILENCE = 10.0  # seconds without one, behind which a worker counts as dead
MINE = workers.c.name == bindparam("of")
AGAIN = update(workers).where(MINE)
OTHERS = select(workers.c.name, workers.c.seen).where(workers.c.name != bindparam("of"))


class Watch:
    """One worker's place among the others."""

    def __init__(self, store: Store, name: str, clock: Callable[[], float]) -> None:
        self._store = store
        self._name = name
        self._clock = clock
        self._seen: float | None = None

    def beat(self) -> list[str]:
        """Say that this one is alive; the names of those that are not. Raises LedgerError.

        Whoever was silent itself judges nobody: the database was away, for the others as well.
        """
        with self._store.writing("workers", durable=False) as connection:
            now = self._store.database.clock(connection, self._clock())
            before, self._seen = self._seen, now
            if connection.execute(AGAIN, {"of": self._name, "seen": now}).rowcount != 1:
                connection.execute(insert(workers), {"name": self._name, "seen": now})
            if before is None or now - before > SILENCE:
                return []
            others = connection.execute(OTHERS, {"of": self._name}).all()
        return [each.name for each in others if abs(now - each.seen) > SILENCE]

    def strike_off(self, name: str) -> None:
        """Nobody waits for its signs any more. Raises LedgerError."""
        with self._store.writing("workers") as connection:
            connection.execute(delete(workers).where(MINE), {"of": name})
