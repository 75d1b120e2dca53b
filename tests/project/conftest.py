"""A sandbox in place of the gateways, and the command line, for what the README shows."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from imagen4.cli.group import run
from imagen4.facts import GATEWAYS
from imagen4.sandbox import Sandbox

Imagen4 = Callable[..., tuple[int, str, str]]


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Sandbox]:
    """Tasks end at once; keys are in the environment; the working folder is empty."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "prompts.txt").write_text("a red fox in the snow\nan owl at night\n")
    with Sandbox(waiting=0, generating=0, limits=False) as sandbox:
        for name, facts in GATEWAYS.items():
            monkeypatch.setenv(facts.key_variable, sandbox.key(name))
        yield sandbox


@pytest.fixture
def imagen4(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Imagen4:
    """Runs the command line in this process: its exit code, and what it prints where."""

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["imagen4", *arguments])
        return run(), *capsys.readouterr()

    return call
