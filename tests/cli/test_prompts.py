"""Where a prompt comes from: what is paid for is what was meant."""

import os
import pty
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.invoking import at, piped
from imagen4.cli import prompts
from imagen4.sandbox import Sandbox


def paid_prompts(sandbox: Sandbox) -> list[str]:
    creates = [each for each in sandbox.requests if each.path.endswith("createTask")]
    return [each.body["input"]["prompt"] for each in creates]


@pytest.fixture
def generate(imagen4: Callable, sandbox: Sandbox, tmp_path: Path) -> Callable:
    def call(*arguments: str):
        return imagen4(
            "generate", *arguments, *at(sandbox, "kie"), "-o", str(tmp_path / "out"), "--no-ledger"
        )

    return call


CONTENT = "\ufeffa fox,\nüber snow\n".encode()


def test_a_dash_reads_standard_input(
    generate: Callable, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lines are one prompt, without the mark and the newline around it."""
    piped(monkeypatch, CONTENT)
    assert generate("-").code == 0
    assert paid_prompts(sandbox) == ["a fox,\nüber snow"]


def test_a_prompt_is_read_from_a_file(generate: Callable, sandbox: Sandbox, tmp_path: Path) -> None:
    """As from standard input."""
    (tmp_path / "prompt.txt").write_bytes(CONTENT)
    assert generate("--prompt-file", str(tmp_path / "prompt.txt")).code == 0
    assert paid_prompts(sandbox) == ["a fox,\nüber snow"]


def test_an_at_sign_before_no_file_is_a_prompt(generate: Callable, sandbox: Sandbox) -> None:
    """Also one that is longer than any file's name."""
    words = "@midnight " + "owls " * 100
    assert generate(words).code == 0
    assert paid_prompts(sandbox) == [words]


@pytest.mark.parametrize("typed", ["prompt.txt", "promt.txt", "prompts/fox"])
def test_the_name_of_a_file_is_not_paid_for(
    generate: Callable, sandbox: Sandbox, tmp_path: Path, typed: str
) -> None:
    """curl's `@file` is told how it is written here, also mistyped; nothing is sent."""
    (tmp_path / "prompt.txt").write_text("a fox")
    done = generate(f"@{tmp_path}/{typed}")
    assert (done.code, done.out, sandbox.requests) == (2, "", [])
    assert f"--prompt-file {tmp_path}/{typed}" in done.err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b" \n", "holds no prompt"),
        (b"\xff\xfea", "is not UTF-8"),
        (b"a" * (prompts.LARGEST + 1), "is too big for a prompt"),
    ],
    ids=["empty", "not UTF-8", "too big"],
)
@pytest.mark.parametrize("source", ["file", "stdin"])
def test_what_is_no_prompt_is_refused_before_anything_is_sent(
    generate: Callable,
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes,
    says: str,
    source: str,
) -> None:
    """One line that says where it was read, and why it is none."""
    (tmp_path / "prompt.txt").write_bytes(content)
    piped(monkeypatch, content)
    file = str(tmp_path / "prompt.txt")
    done = generate("-") if source == "stdin" else generate("--prompt-file", file)
    assert (done.code, done.out, sandbox.requests) == (2, "", [])
    assert f"{file if source == 'file' else 'Standard input'} {says}" in done.err
    assert len(done.err.splitlines()) == 1


def test_a_terminal_is_not_read(
    generate: Callable, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command that waits for typing looks like one that hangs."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        done = generate("-")
    os.close(ours)
    assert (done.code, sandbox.requests) == (2, [])
    assert "which is a terminal" in done.err


def test_a_closed_standard_input_is_one_line(
    generate: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python has no stream then."""
    monkeypatch.setattr(sys, "stdin", None)
    done = generate("-")
    assert (done.code, len(done.err.splitlines())) == (2, 1)
    assert "Standard input cannot be read" in done.err


def test_two_prompts_are_one_too_many(generate: Callable, sandbox: Sandbox, tmp_path: Path) -> None:
    """Nobody knows which is meant."""
    (tmp_path / "prompt.txt").write_text("a fox")
    done = generate("an owl", "--prompt-file", str(tmp_path / "prompt.txt"))
    assert (done.code, sandbox.requests) == (2, [])
    assert "not both" in done.err
