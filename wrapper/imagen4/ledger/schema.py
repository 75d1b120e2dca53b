"""The tables: plain SQL types, so that one schema serves SQLite and PostgreSQL."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import (
    JSON,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    or_,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, FromClause


class RowState(StrEnum):
    """How far a create is."""

    PLANNED = "planned"
    SENDING = "sending"
    CREATED = "created"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SAVED = "saved"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"


SENDABLE = (RowState.PLANNED, RowState.REFUSED)
"""Certainly without a task."""
UNANSWERED = (RowState.SENDING, RowState.UNCERTAIN)
"""Perhaps with a task: an answer that comes after all settles them."""
OPEN = (*UNANSWERED, RowState.CREATED, RowState.SUCCEEDED)
"""What is left to be done by somebody."""

metadata = MetaData()
# Its presence tells a ledger from a foreign database.
about = Table(
    "imagen4_ledger",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("salt", Text),
)
creates = Table(
    "creates",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("base_url", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("gateway", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("pictures", Integer, nullable=False),
    Column("tag", Text),
    Column("batch", Text, nullable=False),
    Column("job_id", Text, nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("task_id", Text),
    Column("seed", Text),
    Column("urls", JSON, nullable=False),
    Column("paths", JSON, nullable=False),
    Column("estimate", Float),
    Column("charged", Float),
    Column("reason", Text),
    Column("started", Text, nullable=False),
    Column("token", Text),
    Column("balance_before", Float),
    Column("balance_after", Float),
    Column("account", Text),
    Column("seconds", Float),
    Column("passed_over", JSON),
    UniqueConstraint("base_url", "key", "number"),
    Index("creates_by_state", "state", "charged", "estimate"),
    Index("creates_by_key", "key"),
    Index("creates_by_task", "task_id"),
    Index("creates_by_token", "token"),
)
# How fast an account is used, by all who share the ledger.
turns = Table(
    "turns",
    metadata,
    Column("account", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("pace", JSON, nullable=False),
    Column("written", Float, nullable=False),
)
# Who works through a queue of requests, and when that was last heard of: see `Watch`.
workers = Table(
    "workers",
    metadata,
    Column("name", Text, primary_key=True),
    Column("seen", Float, nullable=False),
)


def is_one_of(states: Iterable[RowState], table: FromClause = creates) -> ColumnElement[bool]:
    """Whether a create is in one of the states. Written out: a list is filled in each time."""
    return or_(*(table.c.state == literal_column(f"'{state}'") for state in states))
