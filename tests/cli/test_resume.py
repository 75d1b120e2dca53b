"""Guards that what the command line pays survives it, in the user's ledger."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import Run
from cli.invoking import at
from cli.test_batch import creates
from imagen4 import Client, Ledger, Result
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
        assert any("submitted" in line for line in running.stderr)
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
    assert "Creates without an answer: 1; see" in done.err


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


@pytest.fixture
def left(sandbox: Sandbox, tmp_path: Path, book: Path) -> list[str]:
    """Leaves a request of two tasks and one of one, ended since; gives what resumes them."""
    book.parent.mkdir()
    sandbox.fault("fail", times=1)
    with (
        Ledger(book) as ledger,
        Client("kie", base_url=sandbox.url("kie"), ledger=ledger) as client,
    ):
        client.submit("two foxes", num_images=2)
        client.submit("an owl")
    return ["resume", *at(sandbox, "kie"), "-o", str(tmp_path / "out")]


def test_resume_saves_what_a_failure_in_part_leaves(imagen4: Imagen4, left: list[str]) -> None:
    """One of the two tasks failed; the other's picture is paid for, too."""
    done = imagen4(*left)
    assert done.code == 7
    paths = [Path(line) for line in done.out.splitlines()]
    assert len(paths) == 2
    assert all(path.is_file() for path in paths)


def test_a_ctrl_c_shows_what_was_resumed_before(
    imagen4: Imagen4, left: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is on the disk is printed, and the same command has the rest."""
    save = Result.save
    results: list[Result] = []

    def stopped(result: Result, *arguments: Any) -> list[Path]:
        results.append(result)
        if len(results) == 2:
            raise KeyboardInterrupt
        return save(result, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Result, "save", stopped)
        done = imagen4(*left, "--json")
    assert done.code == 130
    document = json.loads(done.out)
    saved = [image["path"] for each in document["results"] for image in each["images"]]
    assert [Path(path).is_file() for path in saved] == [True]
    assert "KeyboardInterrupt" in [each["type"] for each in document["errors"]]
    assert len(imagen4(*left).out.splitlines()) == 1
