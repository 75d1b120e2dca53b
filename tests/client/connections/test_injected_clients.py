"""Guards against closing or changing a caller's HTTP client, or using it where it cannot serve."""

import asyncio
import os
from typing import Any

import httpx
import pytest

from client.loopback import IMPATIENT, Drip, Loopback, http
from client.own_connections import watched
from client.play import KEY, PROMPT, Script, Time, client_for, created, envelope, play
from client.raw_answers import BALANCE
from imagen4 import AsyncClient, Client, InvalidRequest


def test_an_injected_client_is_refused_where_it_was_not_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody but its owner can make another one; nothing is sent."""
    script = Script(others=[envelope(200, 7)])
    client = client_for("sync", "kie", script, Time())
    client.credits()
    monkeypatch.setattr(os, "getpid", lambda: -1)
    with pytest.raises(InvalidRequest, match="one process and one event loop"):
        client.submit("a fox")
    assert script.sent("createTask") == []


def test_an_injected_async_client_serves_one_loop() -> None:
    """A create that another loop sent could not be followed."""
    sent: list[httpx.Request] = []

    async def balance(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={"code": 200, "data": 7})

    http_client = httpx.AsyncClient(transport=httpx.MockTransport(balance))
    client = AsyncClient("kie", api_key=KEY, http_client=http_client)
    assert asyncio.run(client.credits()) == 7
    with pytest.raises(InvalidRequest, match="one process and one event loop"):
        asyncio.run(client.credits())
    assert len(sent) == 1
    asyncio.run(http_client.aclose())


def test_an_injected_client_is_used_and_not_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It belongs to the caller."""
    script = Script(creates=[created("t1")])
    with httpx.Client(transport=httpx.MockTransport(script)) as injected:
        with Client("kie", api_key=KEY, http_client=injected) as client:
            client.submit(PROMPT)
        assert not injected.is_closed
    assert len(script.requests) == 1
    seen = watched(monkeypatch, lambda _: envelope(200, 7))
    with Client("kie", api_key=KEY) as client:
        client.credits()
    assert len(seen.used) == 1
    assert seen.closed == seen.used


def test_a_client_takes_the_http_client_of_its_kind() -> None:
    """One that blocks and one that is awaited are easily mixed up."""
    blocking, awaited = httpx.Client(), httpx.AsyncClient()
    with pytest.raises(InvalidRequest, match="of class AsyncClient, not Client"):
        AsyncClient("kie", api_key=KEY, http_client=blocking)  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest, match="of class Client, not AsyncClient"):
        Client("kie", api_key=KEY, http_client=awaited)  # type: ignore[arg-type]
    blocking.close()
    asyncio.run(awaited.aclose())


def test_other_uses_of_an_injected_client_are_left_alone() -> None:
    """A connection that served us has no limit of ours for its owner."""
    answers: list[bytes] = [BALANCE, Drip(http(200, b"slow"))]  # 41 bytes, 0.8 s in all
    settings: dict[str, Any] = {"timeout": IMPATIENT}
    with Loopback(lambda _: answers.pop(0)) as server, httpx.Client(timeout=30) as own:
        settings |= {"base_url": server.url, "http_client": own}
        play("sync", None, lambda c: c.credits(), **settings)
        assert own.get(server.url).text == "slow"
