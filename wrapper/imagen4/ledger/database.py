"""What differs between the databases that a ledger may be in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection, Engine


class Database(Protocol):
    """One database: how it is reached, and how a transaction in it begins."""

    engine: Engine
    name: str
    """For texts: without a password."""
    remote: bool
    """Whether it may keep others waiting for seconds: it is on a network."""

    def prepare(self, *, new: bool) -> bool:
        """Whether there is something to be opened; it is made if it may be new."""

    def set_up(self) -> None:
        """What is done to it when it is open."""

    def is_foreign(self, tables: Collection[str]) -> bool:
        """Whether a database with these tables, and without a ledger's, is somebody else's."""

    def begin_writing(self, connection: Connection, lock: str, *, durable: bool) -> None:
        """Begin: from here on nobody else writes under the same lock.

        durable: whether it has to be on the disk when it is committed.
        """

    def clock(self, connection: Connection, now: float) -> float:
        """Seconds on a clock that all have in common; `now` is the caller's own, monotonic."""

    def alone(self) -> AbstractContextManager[bool]:
        """Whether no other process is in such a block."""

    def words(self, problem: Exception) -> str:
        """What went wrong in one line: no parameter, no row, no password."""
