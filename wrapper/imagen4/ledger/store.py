"""The database under a ledger: opened carefully, with every failure in words."""

from __future__ import annotations

import os
import weakref
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from ..errors import LedgerError, LedgerUnavailable
from .backlog import Backlog
from .migrations import VERSION, make_tables, migrate
from .postgres import PostgresServer, is_server
from .schema import about
from .sqlite import SQLiteFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

    from .database import Database


class Store:
    """A database with the ledger's tables.

    Every transaction is short: it begins, writes a row or two, and is committed to the disk.
    """

    def __init__(self, target: str | os.PathLike[str], *, new: bool) -> None:
        self.database: Database = (
            PostgresServer(str(target)) if is_server(target) else SQLiteFile(target)
        )
        self._engine = self.database.engine
        self._process = os.getpid()
        self.backlog = Backlog(remote=self.database.remote)
        weakref.finalize(self, _close, self._engine, self._process)
        with self._in_words("opened"):
            self._open(new=new)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that writes nothing. Raises LedgerError."""
        self._after_fork()
        with self._in_words("read"), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self, lock: str = "", *, durable: bool = True) -> Iterator[Connection]:
        """A transaction that nobody else's with that lock comes between; committed at the end.

        Raises LedgerError if it is not certain to be on the disk, where it is to be `durable`.
        """
        self._after_fork()
        with self._in_words("written"), self._writing(lock, durable=durable) as connection:
            yield connection

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One process at a time; the lock ends with its holder."""
        self._after_fork()
        with ExitStack() as held:
            with self._in_words("locked"):
                free = held.enter_context(self.database.alone())
            if not free:
                raise self.error("is at work in another process: wait until that has ended")
            yield

    def close(self) -> None:
        with suppress(LedgerError):  # it was told when each of them failed
            self.backlog.settle()
        self._engine.dispose()

    def error(self, words: str) -> LedgerError:
        return LedgerError(f"The ledger {self.database.name!r} {words}")

    @contextmanager
    def _writing(self, lock: str, *, durable: bool = True) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            self.database.begin_writing(connection, lock, durable=durable)
            yield connection

    def _after_fork(self) -> None:
        """A connection of the parent process must not be used in a child, nor closed there."""
        if self._process != os.getpid():
            self._engine.dispose(close=False)
            self._process = os.getpid()
            # What the parent owes it writes itself.
            self.backlog = Backlog(remote=self.database.remote)

    def _open(self, *, new: bool) -> None:
        version = self._version() if self.database.prepare(new=new) else None
        if version is None and not new:
            name = self.database.name
            raise LedgerError(f"There is no ledger {name!r}: nothing was written down there")
        if version is None:
            with suppress(IntegrityError), self._writing("") as connection:
                make_tables(connection)
        elif version < VERSION:
            with self._writing("") as connection:
                version = migrate(connection)
        if version is not None and version > VERSION:
            raise self.error(
                f"was written by a newer imagen4 (its format is {version}, this one knows "
                f"{VERSION}): update imagen4"
            )
        self.database.set_up()

    def _version(self) -> int | None:
        """Of the tables; None where there are none yet."""
        with self._engine.connect() as connection:
            tables = inspect(connection).get_table_names()
            if about.name in tables:
                return connection.scalar(select(about.c.version))
        if self.database.is_foreign(tables):
            raise self.error("is no ledger, but another program's database")
        return None

    @contextmanager
    def _in_words(self, what: str) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as problem:
            words = self.database.words(problem)
        except OSError as problem:
            words = str(problem.strerror)
        else:
            return
        name = self.database.name
        raise LedgerUnavailable(f"The ledger {name!r} cannot be {what}: {words}") from None


def _close(engine: Engine, process: int) -> None:
    """When nobody uses the store any more; not in a child, which must not touch the connections."""
    if process == os.getpid():
        engine.dispose()
