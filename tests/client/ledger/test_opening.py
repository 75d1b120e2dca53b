"""Guards what a ledger's file may be, and what is said of one that it may not be."""

import ctypes
import os
import pickle
import sqlite3
import struct
import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from client.play import PROMPT, Script, created, play
from imagen4 import Ledger, LedgerError
from imagen4.ledger.migrations import VERSION


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Whatever the process's mask is; also one that was opened to others since."""
    before = os.umask(0)
    try:
        Ledger(tmp_path / "l.db").close()
        assert (tmp_path / "l.db").stat().st_mode & 0o777 == 0o600
        (tmp_path / "l.db").chmod(0o644)
        Ledger(tmp_path / "l.db").close()
    finally:
        os.umask(before)
    assert (tmp_path / "l.db").stat().st_mode & 0o777 == 0o600


def test_a_newer_format_is_refused_in_words(tmp_path: Path) -> None:
    """What a later version wrote may mean something else."""
    Ledger(tmp_path / "l.db").close()
    with closing(sqlite3.connect(tmp_path / "l.db")) as other, other:
        other.execute("UPDATE imagen4_ledger SET version = ?", (VERSION + 1,))
    with pytest.raises(LedgerError, match=r"l\.db' was written by a newer imagen4.*: update"):
        Ledger(tmp_path / "l.db")


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    """Not a table is put into it."""
    with closing(sqlite3.connect(tmp_path / "l.db")) as other, other:
        other.execute("CREATE TABLE songs (name TEXT)")
    with pytest.raises(LedgerError, match="is no ledger, but another program's database"):
        Ledger(tmp_path / "l.db")
    with closing(sqlite3.connect(tmp_path / "l.db")) as other, other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("songs",)]


@pytest.mark.parametrize(
    "content", [b"a list of prompts\n" * 100, b"SQLite format 3\0" + b"x" * 99]
)
def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path, content: bytes) -> None:
    """In one line, which names the file."""
    (tmp_path / "l.db").write_bytes(content)
    with pytest.raises(LedgerError, match=r"The ledger .*l\.db' cannot be opened: file is not"):
        Ledger(tmp_path / "l.db")
    assert (tmp_path / "l.db").read_bytes() == content


def test_damage_in_the_middle_stops_creates(tmp_path: Path) -> None:
    """Where a page is broken, nothing is paid that cannot be written down."""
    Ledger(tmp_path / "l.db").close()
    content = bytearray((tmp_path / "l.db").read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    (tmp_path / "l.db").write_bytes(content)
    script = Script(creates=[created("t1")])
    with pytest.raises(LedgerError, match="malformed"):
        play("sync", script, lambda c: c.submit(PROMPT), ledger=Ledger(tmp_path / "l.db"))
    assert script.requests == []


def test_a_place_where_no_file_can_be_is_told(tmp_path: Path) -> None:
    """A folder that is not there, a folder itself, and what is no name."""
    with pytest.raises(LedgerError, match=r"cannot be opened: .*embedded null"):
        Ledger(tmp_path / "l\0.db")
    with pytest.raises(LedgerError, match="must outlive its process"):
        Ledger(":memory:")
    with pytest.raises(LedgerError, match="cannot be opened: No such file"):
        Ledger(tmp_path / "missing" / "l.db")
    with pytest.raises(LedgerError, match="cannot be opened: Is a directory"):
        Ledger(tmp_path)


def refusal(place: Path) -> str:
    """What a process that has no more rights than its user is told, also where that is root."""
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        if os.geteuid() == 0:
            ctypes.CDLL(None).capset(struct.pack("Ii", 0x20080522, 0), bytes(24))
        try:
            Ledger(place).close()
        except LedgerError as error:
            os.write(writer, str(error).encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as told:
        return told.read()


@pytest.mark.parametrize("which", ["file", "folder"])
def test_a_ledger_that_may_only_be_read_is_refused(tmp_path: Path, which: str) -> None:
    """By its own mode, or its folder's, in which SQLite has to put its log."""
    Ledger(tmp_path / "l.db").close()
    (tmp_path / "l.db" if which == "file" else tmp_path).chmod(0o500)
    assert "l.db' cannot be opened: " in refusal(tmp_path / "l.db")
    tmp_path.chmod(0o700)


def test_a_process_that_ended_while_it_made_the_file_costs_nothing(tmp_path: Path) -> None:
    """An empty file becomes a ledger."""
    (tmp_path / "l.db").touch()
    assert Ledger(tmp_path / "l.db").rows() == []


def test_a_forked_process_writes_into_the_same_ledger(tmp_path: Path) -> None:
    """It opens a connection of its own: the parent's is not touched."""
    ledger = Ledger(tmp_path / "l.db")
    play("sync", Script(creates=[created("t1")]), lambda c: c.submit(PROMPT), ledger=ledger)
    if (child := os.fork()) == 0:
        script = Script(creates=[created("t2")])
        play("sync", script, lambda c: c.submit(PROMPT), ledger=ledger)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    play("sync", Script(creates=[created("t3")]), lambda c: c.submit(PROMPT), ledger=ledger)
    assert [row.task_id for row in ledger.rows()] == ["t1", "t2", "t3"]


def test_the_error_can_be_pickled(tmp_path: Path) -> None:
    """Out of a worker process, as every error."""
    with pytest.raises(LedgerError) as caught:
        Ledger(tmp_path)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301


def test_nobody_pays_for_the_database_library_without_a_ledger() -> None:
    """Neither the client nor the command line imports it."""
    look = "import sys, imagen4.client, imagen4.aio, imagen4.cli.group; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert "sqlalchemy" not in told.stdout.split()


def test_a_ledger_has_an_identity_that_all_who_use_it_share(tmp_path: Path) -> None:
    """By whatever path they open it, and no other has it."""
    (tmp_path / "link.db").symlink_to("l.db")
    names = ("l.db", "link.db", "other.db")
    with ExitStack() as opened:
        ledgers = [opened.enter_context(Ledger(tmp_path / name)) for name in names]
        identities = [ledger.identity for ledger in ledgers]
    assert identities[0] == identities[1] != identities[2]
