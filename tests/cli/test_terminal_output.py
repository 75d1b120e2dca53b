"""What stands on a terminal when a command has ended: nothing is drawn over the results."""

import json
import os
import pty
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pyte
import pytest

from cli.invoking import at, create
from imagen4.cli.group import run
from imagen4.sandbox import Sandbox

LINES = 200  # more than the longest document has
At = Callable[..., str]


@pytest.fixture(params=[80, 120], ids="{} columns".format)
def terminal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> At:
    """Runs a command on a pseudo-terminal; gives what an emulator shows, rows joined."""
    monkeypatch.setenv("COLUMNS", str(request.param))
    monkeypatch.setenv("LINES", str(LINES))
    monkeypatch.setenv("TERM", "xterm")

    def call(*arguments: str) -> str:
        screen = pyte.Screen(request.param, LINES)
        ours, theirs = pty.openpty()
        reader = Thread(target=feed, args=(pyte.ByteStream(screen), ours))
        reader.start()
        with monkeypatch.context() as patch, os.fdopen(theirs, "w") as stream:
            patch.setattr(sys, "argv", ["imagen4", *arguments])
            patch.setattr(sys, "stdout", stream)
            patch.setattr(sys, "stderr", stream)
            run()
        reader.join()
        os.close(ours)
        return "".join(screen.display)

    return call


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
