"""A sandbox and an address for the applications, which the environment tells them."""

import socket
from collections.abc import Iterator

import pytest

from imagen4.sandbox import Sandbox


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """Real time, and tasks that take a moment; the environment points at it."""
    with Sandbox(waiting=0, generating=0.3) as running:
        monkeypatch.setenv("KIE_BASE_URL", running.url("kie"))
        monkeypatch.setenv("KIE_API_KEY", running.key("kie"))
        monkeypatch.setenv("WEBHOOK_KEY", running.webhook_key("kie") or "")
        yield running


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Where the application will be reached, which it is told by the environment."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setenv("PUBLIC_URL", f"http://127.0.0.1:{listening.getsockname()[1]}")
        yield listening
