"""A receiver on a thread of its own, for programs that are no server."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from ..errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Generator

    class Served(Protocol):
        """What is served: an ASGI application that wants to know its URL."""

        url: str | None

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...

    S = TypeVar("S", bound=Served)

STOPPING = 5.0
"""Seconds that a request under way gets at the end."""


@contextmanager
def in_a_thread(receiver: S, host: str, port: int) -> Generator[S]:
    """Serve the receiver; where it has no URL, it has the listening address for so long."""
    try:
        import uvicorn
    except ImportError:
        needed = "Receiver.running() needs uvicorn; run: pip install 'imagen4[webhooks]'"
        raise InvalidRequest(needed) from None
    config = uvicorn.Config(
        receiver,
        access_log=False,  # it would write down the tokens
        log_config=None,
        lifespan="off",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=int(STOPPING),
    )
    server, given = uvicorn.Server(config), receiver.url
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as listener:
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()  # who connects before it is up waits in the socket's queue
        try:
            receiver.url = given or address(host, listener.getsockname()[1])
            yield receiver
        finally:
            receiver.url, server.should_exit = given, True
            thread.join(STOPPING)


def address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
