"""What a person at a terminal sees: ids at once, a live table, and a way back after Ctrl-C."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import pytest

from imagen4.sandbox import Sandbox

COMMAND = [sys.executable, "-m", "imagen4"]
SIGNALS = [
    signal.SIGTERM,
    *(pytest.param(each, marks=pytest.mark.slow) for each in (signal.SIGINT, signal.SIGHUP)),
]
PATIENCE = 60.0  # seconds; after that the command is killed, which ends every wait for it


@pytest.fixture
def still() -> Iterator[Sandbox]:
    """A sandbox whose clock stands still: tasks are created and never end."""
    with Sandbox(speed=0) as sandbox:
        yield sandbox


@contextmanager
def generate(sandbox: Sandbox, folder: Path, stderr: int) -> Iterator["subprocess.Popen[str]"]:
    arguments = ["generate", "a fox", "--gateway", "kie", "--base-url", sandbox.url("kie")]
    environment = {**os.environ, "KIE_API_KEY": sandbox.key("kie"), "TERM": "xterm"}
    with subprocess.Popen(
        [*COMMAND, *arguments, "-o", str(folder)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    ) as running:
        timer = Timer(PATIENCE, running.kill)
        timer.start()
        try:
            yield running
        finally:
            timer.cancel()
            running.kill()


@pytest.mark.parametrize("kind", SIGNALS)
def test_ctrl_c_prints_the_command_that_resumes(
    still: Sandbox, tmp_path: Path, kind: signal.Signals
) -> None:
    """Interrupted while waiting: exit code 130, and the paid task's id in a pasteable line."""
    with generate(still, tmp_path, subprocess.PIPE) as running:
        assert running.stderr is not None
        task_id = next(line.split()[3] for line in running.stderr if "submitted" in line)
        running.send_signal(kind)
        _, said = running.communicate()
    assert running.returncode == 130
    assert f"imagen4 fetch --gateway kie --base-url {still.url('kie')} " in said
    assert task_id in said.split("imagen4 fetch", 1)[1]
    assert said.splitlines()[-1] == "imagen4: interrupted"


def test_a_terminal_shows_a_live_table(still: Sandbox, tmp_path: Path) -> None:
    """On a terminal the state is redrawn in place, and the id stands above the table."""
    ours, theirs = pty.openpty()
    shown = b""
    with generate(still, tmp_path, theirs) as running:
        os.close(theirs)
        while b"waiting" not in shown and len(shown) < 100_000:
            shown += os.read(ours, 4096)
        running.send_signal(signal.SIGINT)
        while chunk := read_until_closed(ours):
            shown += chunk
        assert running.wait() == 130
    os.close(ours)
    assert b"task " in shown
    assert b"imagen4 fetch" in shown
    assert b"\x1b[" in shown
    assert b"1 tasks" in shown


def read_until_closed(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # what a pseudo-terminal says when the other side is gone
        return b""


def test_a_reader_that_leaves_early_is_no_traceback() -> None:
    """`imagen4 --help | head` ends quietly when the pipe is closed under it."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*COMMAND, "--help"], stdout=writer, stderr=subprocess.PIPE, text=True, timeout=PATIENCE
    )
    os.close(writer)
    assert "Traceback" not in done.stderr
