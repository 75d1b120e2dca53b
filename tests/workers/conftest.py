"""A sandbox, a ledger, and a worker's desk without the engine: what it does, step by step."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from cli.conftest import imagen4, logging_as_before  # noqa: F401 - fixtures of both
from imagen4 import Ledger
from imagen4.events import Listener
from imagen4.sandbox import Sandbox
from imagen4.workers.accounts import Accounts
from imagen4.workers.desk import Desk
from imagen4.workers.destinations import Destination

MakeDesk = Callable[..., Desk]


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox(waiting=0, generating=0) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(server: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    server.reset()
    monkeypatch.setenv("KIE_API_KEY", server.key("kie"))
    monkeypatch.setenv("REFUSED_KEY", "not-that-one")
    monkeypatch.setenv("SPLIT_KEY", "one two")
    return server


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "l.db") as ledger:
        yield ledger


@pytest.fixture
def make_desk(sandbox: Sandbox, ledger: Ledger, tmp_path: Path) -> Iterator[MakeDesk]:
    """Another worker each time, which shares nothing with the others but the database."""
    with ExitStack() as ending:

        def make(*accounts: str, output: str = "", on_event: Listener | None = None) -> Desk:
            own = ending.enter_context(Ledger(tmp_path / "l.db"))
            names, url = accounts or ("KIE_API_KEY",), sandbox.url("kie")
            paying = Accounts(names, "kie", url, own, on_event=on_event)
            desk = Desk(own, paying, Destination(output or str(tmp_path / "out")))
            ending.callback(desk.close, 0)
            return desk

        yield make
