"""A sandbox in place of the gateways, for what the README shows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from imagen4.facts import GATEWAYS
from imagen4.sandbox import Sandbox


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Sandbox]:
    """Tasks end at once; keys are in the environment; the working folder is empty."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "prompts.txt").write_text("a red fox in the snow\nan owl at night\n")
    with Sandbox(waiting=0, generating=0, limits=False) as sandbox:
        for name, facts in GATEWAYS.items():
            monkeypatch.setenv(facts.key_variable, sandbox.key(name))
        yield sandbox
