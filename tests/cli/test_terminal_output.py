"""What stands on a terminal when a command has ended: nothing is drawn over the results."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pyte
import pytest

from cli.invoking import at, create
from imagen4.cli.group import run
from imagen4.sandbox import Sandbox

LINES = 200  # more than the longest document has
SIZE = ("COLUMNS", "LINES")
PATIENCE = 100.0  # seconds
At = Callable[..., str]


def run_here(terminal: int, arguments: list[str]) -> None:
    """In this process: quick, though it is the test that says how wide the terminal is."""
    with pytest.MonkeyPatch.context() as patch, os.fdopen(os.dup(terminal), "w") as stream:
        columns, lines = os.get_terminal_size(terminal)
        for name, value in (("COLUMNS", columns), ("LINES", lines), ("TERM", "xterm")):
            patch.setenv(name, str(value))
        patch.setattr(sys, "argv", ["imagen4", *arguments])
        patch.setattr(sys, "stdout", stream)
        patch.setattr(sys, "stderr", stream)
        run()


def run_program(terminal: int, arguments: list[str]) -> None:
    """The program as it is installed, which asks the terminal itself."""
    environment = {name: value for name, value in os.environ.items() if name not in SIZE}
    subprocess.run(
        [Path(sys.executable).with_name("imagen4"), *arguments],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=environment | {"TERM": "xterm"},
        check=False,
        timeout=PATIENCE,
    )


def at_columns(columns: int, run_on: Callable[[int, list[str]], None]) -> At:
    """Runs a command on a pseudo-terminal; gives what an emulator shows, rows joined."""

    def call(*arguments: str) -> str:
        screen = pyte.Screen(columns, LINES)
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, columns, 0, 0))
        reader = Thread(target=feed, args=(pyte.ByteStream(screen), ours))
        reader.start()
        try:
            run_on(theirs, list(arguments))
        finally:
            os.close(theirs)
            reader.join()
            os.close(ours)
        return "".join(screen.display)

    return call


HERE = [pytest.param((size, run_here), id=f"{size} columns") for size in (80, 120)]
PROGRAM = [
    pytest.param((size, run_program), id=f"program, {size} columns", marks=pytest.mark.slow)
    for size in (80, 120)
]


@pytest.fixture(params=[*HERE, *PROGRAM])
def terminal(request: pytest.FixtureRequest) -> At:
    """Both ways."""
    return at_columns(*request.param)


@pytest.fixture(params=PROGRAM)
def program(request: pytest.FixtureRequest) -> At:
    """For commands with a clock of their own: no test waits in this process."""
    return at_columns(*request.param)


def feed(emulator: pyte.ByteStream, terminal: int) -> None:
    for chunk in chunks(terminal):
        emulator.feed(chunk)


def chunks(terminal: int) -> Iterator[bytes]:
    """Until the other side is closed, which a pseudo-terminal tells by an error."""
    while True:
        try:
            yield os.read(terminal, 4096)
        except OSError:
            return


@pytest.fixture(params=["generate", "fetch", "resume", "batch"])
def saving(
    request: pytest.FixtureRequest, sandbox: Sandbox, imagen4: Callable, tmp_path: Path
) -> list[str]:
    """Each command that shows progress and saves."""
    where = [*at(sandbox, "kie"), "-o", str(tmp_path / "out")]
    book = ["--ledger", str(tmp_path / "ledger.db")]
    command: str = request.param
    if command == "generate":
        return [command, "a fox", "-n", "3", *where, *book]
    if command == "batch":
        (tmp_path / "prompts.txt").write_text("a fox\nan owl\na lynx\n")
        return [command, str(tmp_path / "prompts.txt"), *where]
    if command == "fetch":
        more = ("-n", "3", "--no-ledger")
        return [command, *create(sandbox, imagen4, tmp_path, *more)["task_ids"], *where]
    sandbox.configure(generating=3600)
    imagen4("generate", "a fox", "-n", "3", *where, *book, "--timeout", "0.001")
    sandbox.configure(generating=0)
    sandbox.clock.advance_to(sandbox.clock.now() + 3600)
    return [command, *where, *book]


def test_every_path_that_was_saved_can_be_read(
    saving: list[str], terminal: At, tmp_path: Path
) -> None:
    """Below the progress, each whole."""
    shown = terminal(*saving)
    pictures = list((tmp_path / "out").glob("*.png"))
    assert pictures
    assert all(str(path) in shown for path in pictures)


def test_the_document_can_be_read_to_its_end(saving: list[str], terminal: At) -> None:
    """`--json` on a terminal: what stands there is JSON."""
    document(terminal(*saving, "--json"))


def document(shown: str) -> dict:
    found: dict = json.JSONDecoder().raw_decode(shown[shown.index("{ ") :])[0]
    return found


@pytest.fixture
def task_ids(sandbox: Sandbox, imagen4: Callable, tmp_path: Path) -> list[str]:
    made: list[str] = create(sandbox, imagen4, tmp_path, "-n", "3", "--no-ledger")["task_ids"]
    return made


def test_every_link_that_was_waited_for_can_be_read(
    sandbox: Sandbox, task_ids: list[str], terminal: At
) -> None:
    """`wait` prints links, or the document."""
    wait = ["wait", *task_ids, *at(sandbox, "kie")]
    links = [image["url"] for image in document(terminal(*wait, "--json"))["images"]]
    shown = terminal(*wait)
    assert len(links) == 3
    assert all(link in shown for link in links)


@pytest.mark.parametrize("command", ["generate", "fetch", "wait"])
def test_what_a_failure_leaves_can_be_read_too(
    command: str, sandbox: Sandbox, imagen4: Callable, terminal: At, tmp_path: Path
) -> None:
    """The document about a task that failed is whole."""
    where = at(sandbox, "kie")
    folder = ["-o", str(tmp_path)] if command != "wait" else []
    what = ["a fox", "--no-ledger"] if command == "generate" else ["unknown", "unknown2"]
    sandbox.fault("fail")
    assert "error" in document(terminal(command, *what, *where, *folder, "--json"))


def test_every_path_of_the_demo_can_be_read(program: At, tmp_path: Path) -> None:
    """Those of both gateways, below the progress of each."""
    shown = program("demo", "-o", str(tmp_path))
    pictures = list(tmp_path.rglob("*.png"))
    assert len(pictures) == 8
    assert all(str(path) in shown for path in pictures)


def test_what_the_contract_found_stands_where_its_progress_was(program: At) -> None:
    """The line that changed is taken back; the last line is the report's."""
    with Sandbox(waiting=0, generating=0) as sandbox:
        shown = program("contract", "kie", "--base-url", sandbox.url("kie"))
    assert "tasks ended" not in shown
    last = r"conforms as far as seen: kie, \d+ checks on \d+ exchanges, .* had nothing to look at"
    assert re.search(f"{last} *$", shown)
