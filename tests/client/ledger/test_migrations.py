"""Guards that a ledger of an earlier version is taken over whole, or left as it was."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from imagen4 import Ledger, LedgerError
from imagen4.ledger import migrations

VERSION1 = Path(__file__).with_name("version1.sql").read_text()


def first_version(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as other, other:
        other.executescript(VERSION1)
    return path


def asked(path: Path, question: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as other:
        return other.execute(question).fetchall()


def described(path: Path) -> dict[str, object]:
    """All tables, as the database describes them."""
    engine = create_engine(f"sqlite:///{path}")
    look = inspect(engine)
    tables = {
        table: (
            sorted((column["name"], str(column["type"])) for column in look.get_columns(table)),
            {column["name"] for column in look.get_columns(table) if column["nullable"]},
            look.get_pk_constraint(table),
            look.get_unique_constraints(table),
            look.get_indexes(table),
        )
        for table in look.get_table_names()
    }
    engine.dispose()
    return tables


def test_the_first_version_becomes_what_a_new_ledger_is(tmp_path: Path) -> None:
    """Table by table, and the rows stay what they were."""
    old, new = first_version(tmp_path / "old.db"), tmp_path / "new.db"
    with Ledger(old) as ledger, Ledger(new):
        assert [row.task_id for row in ledger.rows()] == ["t1", "t2"]
        assert [job.task_ids for job in ledger.open_jobs()] == [("t1",), ("t2",)]
    assert described(old) == described(new)
    version = "SELECT version FROM imagen4_ledger"
    assert asked(old, version) == asked(new, version)


def test_a_migration_that_breaks_off_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its steps and the version are one transaction."""
    old = first_version(tmp_path / "old.db")
    before = asked(old, "SELECT sql FROM sqlite_master")
    broken = (*migrations.STEPS, ("CREATE TABLE more (id INTEGER)", "no SQL"))
    monkeypatch.setattr(migrations, "STEPS", broken)
    with pytest.raises(LedgerError, match="cannot be opened: near"):
        Ledger(old)
    assert asked(old, "SELECT sql FROM sqlite_master") == before
    assert asked(old, "SELECT version FROM imagen4_ledger") == [(1,)]
