"""Servers that several subjects need."""

import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest


@pytest.fixture
def unanswered() -> Iterator[int]:
    """A port at which nobody answers, not even that nobody is there: its queue is full."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        queued = [socket.socket() for _ in range(4)]
        for each in queued:
            each.setblocking(False)
            with suppress(BlockingIOError):
                each.connect(server.getsockname())
        yield server.getsockname()[1]
        for each in queued:
            each.close()
