"""Guards against lines that are piped in, or lie in a file of any name, and are misread."""

import json
import os
import pty
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from cli.invoking import at, piped
from imagen4.cli import batch_source
from imagen4.sandbox import Sandbox

DRY = ("--gateway", "kie", "--dry-run")


def test_a_batch_is_read_from_standard_input_and_continues(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same lines are the same requests, with the mark that some editors put before them."""
    for content in (b"a fox\nan owl\n", "\ufeffa fox\r\nan owl".encode()):
        piped(monkeypatch, content)
        done = imagen4("batch", "-", *at(sandbox, "kie"), "-o", str(tmp_path / "out"), "--json")
        assert done.code == 0, done.err
        assert [line["state"] for line in json.loads(done.out)["lines"]] == ["saved"] * 2
    assert [each.path.endswith("createTask") for each in sandbox.requests].count(True) == 2


@pytest.mark.parametrize("source", ["-", "lines", "lines.txt"])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"prompt": "a", "num_images": 4}\n', "4 tasks"),
        ("prompt;num_images\na;3\n", "3 tasks"),
        ("tag, prompt\n1, a\n2, b\n3, c\n", "3 tasks"),
        ("a prompt, with commas\n", "1 task,"),
        ("{fox|owl} in snow\n[oil] a wolf\n", "2 tasks"),
        ("prompt\nowl\n", "2 tasks"),
        ('[\n"a fox",\n"an owl"\n]\n', "line 1: no JSON object"),
        ('["a fox", "an owl"]\n', "line 1: no JSON object"),
        ("prompt,sed\na,1\n", "did you mean seed"),
    ],
)
def test_where_no_name_says_it_the_first_line_does(
    imagen4: Callable,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: str,
    told: str,
    source: str,
) -> None:
    """JSON and the head of a table are no prompts; what only looks a little like them is."""
    (tmp_path / source).write_text(content)
    piped(monkeypatch, content.encode())
    done = imagen4("batch", source if source == "-" else str(tmp_path / source), *DRY)
    assert told in done.out + done.err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\n", "holds no request"),
        (b"a\xff", "is not UTF-8"),
        (b"a\n" * 51, "is too big for a batch"),
    ],
)
def test_what_is_no_batch_is_one_line(
    imagen4: Callable, monkeypatch: pytest.MonkeyPatch, content: bytes, says: str
) -> None:
    """It says where it was read."""
    monkeypatch.setattr(batch_source, "LARGEST", 100)
    piped(monkeypatch, content)
    done = imagen4("batch", "-", *DRY)
    assert (done.code, len(done.err.splitlines())) == (2, 1)
    assert f"Standard input {says}" in done.err


@pytest.mark.parametrize(("lines", "says"), [(51, "is too big for a batch"), (50, "50 tasks")])
def test_what_may_have_no_end_is_read_to_a_limit(
    imagen4: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: int, says: str
) -> None:
    """A device, a named pipe, or what a shell makes of `<(yes a fox)`."""
    monkeypatch.setattr(batch_source, "LARGEST", 100)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_bytes, args=(b"a\n" * lines,))
    writer.start()
    done = imagen4("batch", str(pipe), *DRY)
    writer.join()
    assert says in done.out + done.err


def test_a_terminal_is_not_read_as_a_batch(
    imagen4: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who waits for the command should not be waited for."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        done = imagen4("batch", "-", *DRY)
    os.close(ours)
    assert (done.code, "is a terminal: pipe a batch in" in done.err) == (2, True)
