"""What a terminal and the debug log show while tasks run."""

import io
import logging
import sys
from pathlib import Path
from typing import Any

import pytest

from imagen4 import Ledger, TaskNotFound
from imagen4.cli import exits
from imagen4.cli.batch_progress import batch_display
from imagen4.cli.progress import LiveTable, PlainLines, display
from imagen4.core.task import Task
from imagen4.events import PollFailed, TaskCreated, TaskState


def created(task_id: str) -> TaskCreated:
    return TaskCreated("kie", "job", 0, None, 0.5, task_id, (task_id,))


def ended(task_id: str, pictures: int) -> TaskState:
    urls: Any = tuple(f"https://files.example/{number}.png" for number in range(pictures))
    task = Task(task_id=task_id, state="success", urls=urls)
    return TaskState("kie", "job", 0, None, 3.0, task_id, task, None)


def test_the_live_table_counts_tasks_and_pictures(capsys: pytest.CaptureFixture[str]) -> None:
    """Pictures of every task that has ended are added up."""
    with LiveTable("kie") as table:
        table.tell(created("t1"))
        table.tell(created("t2"))
        table.tell(ended("t1", 1))
        one = capsys.readouterr().err
        table.tell(ended("t2", 3))
    assert "2 of 2 tasks have ended, 4 pictures" in capsys.readouterr().err
    assert "2 of 2" not in one


def test_a_poll_that_brought_no_state_is_no_news(capsys: pytest.CaptureFixture[str]) -> None:
    """There may have been an answer, or a state before: neither is denied."""
    problem = TaskNotFound("recordInfo is null")
    nothing = PollFailed("kie", "job", 0, None, 2.0, "t1", problem)
    PlainLines("kie").tell(nothing)
    assert capsys.readouterr().err == "   2.0 s  kie  t1  no news (recordInfo is null)\n"
    with LiveTable("kie") as table:
        table.tell(nothing)
    assert "no news" in capsys.readouterr().err


@pytest.mark.parametrize("batch", [False, True])
def test_the_cursor_stays_where_it_is_seen(
    batch: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A program that is killed, stopped or left by Ctrl-\\ can show it no more."""
    screen = io.TextIOWrapper(io.BytesIO(), "utf-8")
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with Ledger(tmp_path / "l.db") as ledger, batch_display(9, ledger) if batch else display("kie"):
        screen.flush()
        shown = screen.buffer.getvalue()  # type: ignore[attr-defined]
    assert shown.rfind(b"\x1b[?25h") >= shown.rfind(b"\x1b[?25l")
    assert b"\x1b[" in shown


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_row_holds_only_what_the_terminal_can_show(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be shown is spelled out, and a row then takes two lines, one under the other."""
    screen = io.TextIOWrapper(io.BytesIO(), encoding, "backslashreplace")
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", screen)
    with LiveTable("kie") as table:
        table.tell(created("t1"))
        table.tell(ended("t1", 1))
    screen.flush()
    shown = screen.buffer.getvalue()  # type: ignore[attr-defined]
    assert b"1 of 1 tasks have ended" in shown
    assert b"\\u2" not in shown


def unforeseen() -> None:
    raise RuntimeError("unforeseen")


def test_the_traceback_is_in_the_debug_log_only(caplog: pytest.LogCaptureFixture) -> None:
    """What nobody foresaw is one line for the user, and a place in the code for us."""
    caplog.set_level(logging.DEBUG, logger="imagen4")
    with pytest.raises(RuntimeError) as caught:
        unforeseen()
    code, line = exits.explain(caught.value)
    assert code == exits.Exit.FAILED
    assert line == "RuntimeError: unforeseen (IMAGEN4_LOG=debug shows where)"
    assert "in unforeseen" in caplog.text
