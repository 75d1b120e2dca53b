"""A ledger in a file of its own."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, create_engine, event

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import Connection

PATIENCE = 30.0  # seconds to wait for another process's transaction, which takes milliseconds


class SQLiteFile:
    """See `Database`."""

    remote = False

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path).absolute()
        self.name = os.fspath(self._path)
        # A parameter may be a prompt: never in the text of an error.
        self.engine = create_engine(
            URL.create("sqlite", database=self.name),
            hide_parameters=True,
            connect_args={"timeout": PATIENCE, "isolation_level": None},
        )
        event.listen(self.engine, "connect", _set_up)

    def prepare(self, *, new: bool) -> bool:
        """Prompts are private: nobody else reads them. SQLite's other files get this mode, too."""
        if self._path.name == ":memory:":  # SQLite's word for what ends with the process
            raise OSError(errno.EINVAL, "a ledger must outlive its process, so it needs a file")
        if new:
            try:
                os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            except ValueError as problem:  # a NUL, or what is no text
                raise OSError(errno.EINVAL, str(problem)) from None
        return self._path.exists()

    def set_up(self) -> None:
        with suppress(OSError):  # somebody else's file, which they let us use
            self._path.chmod(0o600)

    def is_foreign(self, tables: Collection[str]) -> bool:
        return bool(tables)

    def begin_writing(self, connection: Connection, lock: str, *, durable: bool) -> None:  # noqa: ARG002
        """There is one lock. Python begins too late: between question and write others could."""
        connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def clock(self, connection: Connection, now: float) -> float:  # noqa: ARG002
        """All are on one machine, on which the monotonic clock is the same for all."""
        return now

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """The lock is the operating system's, and ends with its holder."""
        file = f"{self.name}-lock"
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
        with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as lock:
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                yield False
            else:
                yield True

    def words(self, problem: Exception) -> str:
        return str(getattr(problem, "orig", None) or type(problem).__name__)


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    """FULL: a commit is on the disk when it returns, also in the write-ahead log."""
    for line in ("journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {line}")
