"""What makes a ledger of an earlier version one of this version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.schema import CreateIndex, CreateTable

from .schema import about, metadata

if TYPE_CHECKING:
    from sqlalchemy import Connection

# The first leads to version 2, each further one to the next: SQL that SQLite and PostgreSQL read
# alike. Never change one that was released. A column may be NULL or has a default, since programs
# of the version before may still be at work on the same ledger.
STEPS: tuple[tuple[str, ...], ...] = (
    (
        "ALTER TABLE imagen4_ledger ADD COLUMN salt TEXT",
        "CREATE TABLE turns (account TEXT NOT NULL, kind TEXT NOT NULL, pace JSON NOT NULL, "
        "written FLOAT NOT NULL, PRIMARY KEY (account, kind))",
    ),
    (
        "ALTER TABLE creates ADD COLUMN token TEXT",
        "ALTER TABLE creates ADD COLUMN balance_before FLOAT",
        "ALTER TABLE creates ADD COLUMN balance_after FLOAT",
        "CREATE INDEX creates_by_token ON creates (token)",
    ),
    (
        "ALTER TABLE creates ADD COLUMN account TEXT",
        "CREATE TABLE workers (name TEXT NOT NULL, seen FLOAT NOT NULL, PRIMARY KEY (name))",
    ),
    ("ALTER TABLE creates ADD COLUMN seconds FLOAT",),
    (
        "CREATE INDEX creates_by_key ON creates (key)",
        "ALTER TABLE creates ADD COLUMN passed_over JSON",
    ),
)
VERSION = 1 + len(STEPS)


def make_tables(connection: Connection) -> None:
    """Those of this version. IntegrityError: another process was faster."""
    for table in metadata.sorted_tables:
        connection.execute(CreateTable(table, if_not_exists=True))
        for index in table.indexes:
            connection.execute(CreateIndex(index, if_not_exists=True))
    connection.execute(about.insert().values(id=1, version=VERSION))


def migrate(connection: Connection) -> int:
    """From whatever version it has to this one, all in the caller's transaction; which it has."""
    version: int = connection.execute(select(about.c.version).with_for_update()).scalar_one()
    for step in STEPS[version - 1 :]:
        for statement in step:
            connection.exec_driver_sql(statement)
    connection.execute(update(about).values(version=max(version, VERSION)))
    return max(version, VERSION)
