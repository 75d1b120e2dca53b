"""A ledger in PostgreSQL, for many machines."""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from sqlalchemy import URL, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError

from ..errors import InvalidRequest
from .schema import metadata

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import Connection
    from sqlalchemy.engine.interfaces import DBAPIConnection

DRIVER = "postgresql+psycopg"
CONNECTIONS = 2  # of a process: transactions are short, and a server has some hundred for all
EXTRA = 1  # for the lock of a batch
# Whoever vanished, with its machine or its network, must not hold the others up for ever;
# who waits for its lock waits a little longer than it may live on.
SETTINGS = {
    "idle_in_transaction_session_timeout": "10s",
    "lock_timeout": "15s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
LOCK_NOT_AVAILABLE = "55P03"
# The same from our side, unless the address says otherwise: seconds, the last one milliseconds.
PATIENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
LOCK = (
    "SELECT set_config('synchronous_commit', %s, true), "
    "pg_advisory_xact_lock(1769170740, hashtext(current_schema() || %s))"
)
ALONE = "(1769170740, hashtext(current_schema() || ' alone'))"
NOTICING = 2  # seconds that the server has to notice that the process with the lock is dead


class PostgresServer:
    """See `Database`. The tables are in the first schema of the user's `search_path`."""

    remote = True

    def __init__(self, address: str) -> None:
        url = parsed(address)
        self._secrets = [str(each) for each in (url.password, url.query.get("password")) if each]
        shown = ("postgresql", url.username, None, url.host, url.port, url.database)
        self.name = URL.create(*shown).render_as_string()
        try:
            self.engine = create_engine(
                url,
                hide_parameters=True,
                isolation_level="READ COMMITTED",
                pool_pre_ping=True,
                pool_size=CONNECTIONS,
                max_overflow=EXTRA,
                connect_args={name: PATIENCE[name] for name in PATIENCE.keys() - url.query.keys()},
            )
        except ImportError:
            raise InvalidRequest(
                "A ledger in PostgreSQL needs psycopg; run: pip install 'imagen4[postgres]'"
            ) from None
        event.listen(self.engine, "connect", _limit_waits)

    def prepare(self, *, new: bool) -> bool:  # noqa: ARG002
        """A database is made by whoever runs the server."""
        return True

    def set_up(self) -> None:
        """Who may read it is for its owner to say."""

    def is_foreign(self, tables: Collection[str]) -> bool:
        """It may be shared with other programs, as long as they do not use the same names."""
        return not metadata.tables.keys().isdisjoint(tables)

    def begin_writing(self, connection: Connection, lock: str, *, durable: bool) -> None:
        """The lock is the server's, and ends with the transaction."""
        connection.exec_driver_sql(LOCK, ("on" if durable else "off", lock))

    def clock(self, connection: Connection, now: float) -> float:  # noqa: ARG002
        """The server's: those of several machines differ."""
        told = connection.exec_driver_sql("SELECT extract(epoch FROM clock_timestamp())::float8")
        moment: float = told.scalar_one()
        return moment

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """The lock is the server's, and ends with the connection, if that breaks.

        It is given back before that is closed: a busy server may be late to notice.
        """
        engine = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            try:
                connection.exec_driver_sql(f"SET lock_timeout = '{NOTICING}s'")
                free = is_free(connection)
                try:
                    yield free
                finally:
                    with suppress(SQLAlchemyError):  # the connection is gone, so the lock is, too
                        connection.exec_driver_sql(f"SELECT pg_advisory_unlock{ALONE}")
            finally:
                connection.invalidate()

    def words(self, problem: Exception) -> str:
        """The first sentence: further ones may quote a row."""
        cause = getattr(problem, "orig", None)
        primary = getattr(getattr(cause, "diag", None), "message_primary", None)
        text = " ".join(str(primary or cause or type(problem).__name__).split())
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


def is_free(connection: Connection) -> bool:
    """Whether the lock of a batch is now the connection's."""
    try:
        connection.exec_driver_sql(f"SELECT pg_advisory_lock{ALONE}")
    except OperationalError as problem:
        if getattr(problem.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
            return False
        raise
    return True


def is_server(target: object) -> bool:
    """Whether it is meant as a database's address rather than as a file."""
    return isinstance(target, str) and "://" in target


def parsed(address: str) -> URL:
    """Raises InvalidRequest, which does not quote it: there is a password in it."""
    scheme, _, rest = address.partition("://")
    if not re.fullmatch(r"postgres(ql)?(\+psycopg)?", scheme):
        raise InvalidRequest("A ledger is a file, or in PostgreSQL: postgresql://…")
    try:
        return make_url(f"{DRIVER}://{rest}")
    except (ArgumentError, ValueError):
        raise InvalidRequest(
            "The ledger's address cannot be read: postgresql://USER:PASSWORD@HOST:PORT/DATABASE, "
            "with special characters percent-encoded"
        ) from None


def _limit_waits(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    for name, value in SETTINGS.items():
        cursor.execute(f"SET {name} = '{value}'")
    connection.commit()
