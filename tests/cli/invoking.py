"""The arguments that lead the command line to a sandbox."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from imagen4.sandbox import Sandbox

GATEWAYS = ["kie", "apikley"]


# Where nothing listens: the fixture `routes` answers in its place.
NOWHERE = "http://127.0.0.1:9"
AT_NOWHERE = ["--gateway", "kie", "--base-url", NOWHERE]


def at(sandbox: Sandbox, gateway: str) -> list[str]:
    return ["--gateway", gateway, "--base-url", sandbox.url(gateway)]


def piped(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """Give the next command this standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def create(sandbox: Sandbox, imagen4: Callable, tmp_path: Path, *more: str) -> dict:
    """Generate one picture and give the JSON report."""
    done = imagen4("generate", "a fox", *at(sandbox, "kie"), "-o", str(tmp_path), "--json", *more)
    assert done.code == 0, done.err
    return json.loads(done.out)
