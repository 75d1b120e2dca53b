"""Runs the command line in this process, as a user would type it, against a sandbox."""

import logging
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
import respx

from cli.invoking import NOWHERE
from imagen4.cli.group import run
from imagen4.sandbox import Sandbox


class Run(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox(waiting=0, generating=0) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(server: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    server.reset()
    for gateway in ("kie", "apikley"):
        monkeypatch.setenv(f"{gateway.upper()}_API_KEY", server.key(gateway))
    return server


@pytest.fixture
def routes(monkeypatch: pytest.MonkeyPatch) -> Iterator[respx.MockRouter]:
    """For answers that no sandbox gives."""
    monkeypatch.setenv("KIE_API_KEY", "k")
    with respx.mock(base_url=NOWHERE, assert_all_called=False) as router:
        router.get("/api/v1/chat/credit").respond(status_code=503)
        yield router


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """A run with IMAGEN4_LOG sets up this process's logging; the next run is to find none."""
    logger = logging.getLogger("imagen4")
    level, handlers = logger.level, list(logger.handlers)
    yield
    logger.setLevel(level)
    logger.handlers[:] = handlers


@pytest.fixture
def imagen4(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Run]:
    def call(*arguments: str) -> Run:
        monkeypatch.setattr(sys, "argv", ["imagen4", *arguments])
        code = run()
        captured = capsys.readouterr()
        return Run(code, captured.out, captured.err)

    return call
