"""Guards that what the command line pays survives it, in the user's ledger."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli.conftest import Run
from cli.invoking import at
from cli.test_batch import creates
from imagen4 import Ledger
from imagen4.sandbox import Sandbox

Imagen4 = Callable[..., Run]


@pytest.fixture
def book(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """The user's ledger, which is not there yet; the sandbox's tasks end at once afterwards."""
    monkeypatch.setenv("IMAGEN4_LEDGER", str(tmp_path / "state" / "ledger.db"))
    yield tmp_path / "state" / "ledger.db"
    sandbox.configure(generating=0)


def test_pictures_of_a_killed_command_are_had_by_resume(
    sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path, book: Path
) -> None:
    """SIGKILL as soon as the task is created; nothing is paid again."""
    sandbox.configure(generating=3600)
    arguments = ("generate", "a fox", *at(sandbox, "kie"), "-o", str(tmp_path / "out"))
    command = [sys.executable, "-m", "imagen4", *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        assert "submitted" in running.stderr.readline()
        os.kill(running.pid, signal.SIGKILL)
    (row,) = Ledger(book).rows()
    assert row.state == "created"
    sandbox.clock.advance_to(sandbox.clock.now() + 3600)
    done = imagen4("resume", *at(sandbox, "kie"), "-o", str(tmp_path / "out"))
    assert done.code == 0, done.err
    assert [row.state for row in Ledger(book).rows()] == ["saved"]
    assert creates(sandbox) == 1


def test_resume_saves_what_ran_on_after_a_time_out(
    sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path, book: Path
) -> None:
    """Once; a second resume has nothing to do."""
    where = (*at(sandbox, "kie"), "-o", str(tmp_path / "out"))
    sandbox.configure(generating=3600)
    assert imagen4("generate", "a fox", *where, "--timeout", "0.001").code == 5
    sandbox.configure(generating=0)
    sandbox.clock.advance_to(sandbox.clock.now() + 3600)
    done = imagen4("resume", *where, "--json")
    assert done.code == 0, done.err
    (path,) = [image["path"] for image in json.loads(done.out)["results"][0]["images"]]
    assert Path(path).exists()
    assert json.loads(imagen4("resume", *where, "--json").out)["results"] == []
    assert [row.state for row in Ledger(book).rows()] == ["saved"]
    assert creates(sandbox) == 1


def test_resume_tells_of_creates_without_an_answer(
    sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path, book: Path
) -> None:
    """They are no pictures, and not forgotten."""
    where = (*at(sandbox, "kie"), "-o", str(tmp_path / "out"))
    sandbox.fault("reset", operation="createTask", times=1)
    assert imagen4("generate", "a fox", *where).code == 6
    done = imagen4("resume", *where)
    assert done.code == 6
    assert "1 creates have no answer" in done.err


def test_without_a_ledger_nothing_is_written_down(
    sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path, book: Path
) -> None:
    """On request only; `resume` then says that there is none."""
    where = (*at(sandbox, "kie"), "-o", str(tmp_path / "out"))
    assert imagen4("generate", "a fox", *where, "--no-ledger").code == 0
    assert not book.exists()
    done = imagen4("resume", *where)
    assert (done.code, "There is no ledger" in done.err) == (2, True)


def test_a_ledger_that_cannot_be_opened_stops_the_command(
    sandbox: Sandbox, imagen4: Imagen4, tmp_path: Path, book: Path
) -> None:
    """Before anything is paid."""
    book.parent.write_text("a file where the folder should be")
    done = imagen4("generate", "a fox", *at(sandbox, "kie"), "-o", str(tmp_path / "out"))
    assert done.code == 2
    assert sandbox.requests == []


def test_a_ledger_that_cannot_be_made_is_said_with_the_ways_out(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path
) -> None:
    """A home that nobody may write to is common in containers; nothing is paid there unasked."""
    (tmp_path / "file").touch()
    more = ["-o", str(tmp_path), "--ledger", str(tmp_path / "file" / "l.db")]
    done = imagen4("generate", "a fox", *at(sandbox, "kie"), *more)
    assert (done.code, list(sandbox.requests)) == (2, [])
    assert "file': File exists; name another with --ledger FILE, or go without by" in done.err
