"""The connections that a client makes itself, watched where httpx hands its requests to them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest


@dataclass
class Seen:
    """used: the transport of each request, in their order. closed: those that were closed."""

    used: list[Any] = field(default_factory=list)
    closed: list[Any] = field(default_factory=list)


def watched(
    monkeypatch: pytest.MonkeyPatch, answer: Callable[[httpx.Request], Any] | None = None
) -> Seen:
    """Watch httpx's own transports, injected ones excepted; with an answer, nothing is sent."""
    seen = Seen()
    network = None if answer is None else httpx.MockTransport(answer)
    sync, by_await = httpx.HTTPTransport, httpx.AsyncHTTPTransport
    send, close = sync.handle_request, sync.close
    send_async, close_async = by_await.handle_async_request, by_await.aclose

    def sending(transport: Any, request: httpx.Request) -> httpx.Response:
        seen.used.append(transport)
        return network.handle_request(request) if network else send(transport, request)

    async def sending_async(transport: Any, request: httpx.Request) -> httpx.Response:
        seen.used.append(transport)
        if network:
            return await network.handle_async_request(request)
        return await send_async(transport, request)

    def closing(transport: Any) -> None:
        seen.closed.append(transport)
        close(transport)

    async def closing_async(transport: Any) -> None:
        seen.closed.append(transport)
        await close_async(transport)

    monkeypatch.setattr(sync, "handle_request", sending)
    monkeypatch.setattr(sync, "close", closing)
    monkeypatch.setattr(by_await, "handle_async_request", sending_async)
    monkeypatch.setattr(by_await, "aclose", closing_async)
    return seen
