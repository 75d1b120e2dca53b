"""The database under a ledger: opened carefully, with every failure in words."""

from __future__ import annotations

import os
import sqlite3
import weakref
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, create_engine, event, inspect, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from ..errors import LedgerError
from .migrations import VERSION, make_tables, migrate
from .schema import about

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

PATIENCE = 30.0  # seconds to wait for another process's transaction, which takes milliseconds


class Store:
    """A database file with the ledger's tables.

    Every transaction is short: it begins, writes a row or two, and is committed to the disk.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path).absolute()
        url = URL.create("sqlite", database=os.fspath(self.path))
        # A parameter may be a prompt: never in the text of an error.
        self._engine = create_engine(
            url, hide_parameters=True, connect_args={"timeout": PATIENCE, "isolation_level": None}
        )
        event.listen(self._engine, "connect", _set_up)
        event.listen(self._engine, "begin", _begin)
        self._writing = self._engine.execution_options(writes=True)
        self._process = os.getpid()
        weakref.finalize(self, _close, self._engine, self._process)
        with self._in_words("opened"):
            self._open()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that writes nothing. Raises LedgerError."""
        self._after_fork()
        with self._in_words("read"), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that nobody else's comes between; committed at the end.

        Raises LedgerError if it is not certain to be on the disk.
        """
        self._after_fork()
        with self._in_words("written"), self._writing.begin() as connection:
            yield connection

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One process at a time; the lock is the operating system's, and ends with its holder."""
        file = f"{os.fspath(self.path)}-lock"
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
        with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as lock:
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                words = "is at work in another process: wait until that has ended"
                raise self.error(words) from None
            yield

    def close(self) -> None:
        self._engine.dispose()

    def _after_fork(self) -> None:
        """A connection of the parent process must not be used in a child, nor closed there."""
        if self._process != os.getpid():
            self._engine.dispose(close=False)
            self._process = os.getpid()

    def _open(self) -> None:
        # Prompts are private: nobody else reads them. SQLite gives its other files this mode, too.
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        with self._engine.connect() as connection:
            version = self._version(connection)
        if version is None:
            with self._writing.begin() as connection, suppress(IntegrityError):
                make_tables(connection)
        elif version < VERSION:
            with self._writing.begin() as connection:
                version = migrate(connection)
        if version is not None and version > VERSION:
            raise self.error(
                f"was written by a newer imagen4 (its format is {version}, this one knows "
                f"{VERSION}): update imagen4"
            )
        with suppress(OSError):  # somebody else's file, which they let us use
            self.path.chmod(0o600)

    def _version(self, connection: Connection) -> int | None:
        """Of the tables; None where there are none yet."""
        tables = inspect(connection).get_table_names()
        if about.name in tables:
            return connection.scalar(select(about.c.version))
        if tables:
            raise self.error("is no ledger, but another program's database")
        return None

    def error(self, words: str) -> LedgerError:
        return LedgerError(f"The ledger {os.fspath(self.path)!r} {words}")

    @contextmanager
    def _in_words(self, what: str) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as problem:
            cause = getattr(problem, "orig", None) or type(problem).__name__
            raise self.error(f"cannot be {what}: {cause}") from None
        except OSError as problem:
            raise self.error(f"cannot be {what}: {problem.strerror}") from None


def _close(engine: Engine, process: int) -> None:
    """When nobody uses the store any more; not in a child, which must not touch the connections."""
    if process == os.getpid():
        engine.dispose()


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    """FULL: a commit is on the disk when it returns, also in the write-ahead log."""
    for line in ("journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {line}")


def _begin(connection: Connection) -> None:
    """Python's sqlite3 begins too late by itself: between a question and a write others could."""
    writes: Any = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
