"""Guards against connections left open, and a closed client that sends."""

import asyncio
from typing import Any

import pytest

from client.own_connections import watched
from client.play import KEY, KINDS, PROMPT, envelope, play, settled
from imagen4 import AsyncClient, InvalidRequest


def test_closing_closes_what_belongs_to_this_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Afterwards the client is closed for all loops."""
    seen = watched(monkeypatch, lambda _: envelope(200, 7))
    client = AsyncClient("kie", api_key=KEY)

    async def used_and_closed() -> None:
        await client.credits()
        await client.close()

    asyncio.run(used_and_closed())
    assert len(seen.used) == 1
    assert seen.closed == seen.used
    with pytest.raises(InvalidRequest, match="The client is closed"):
        asyncio.run(client.credits())


@pytest.mark.parametrize("kind", KINDS)
def test_a_closed_client_sends_nothing(kind: str) -> None:
    """And says so, instead of an error of the library below."""

    async def close_then_submit(client: Any) -> None:
        await settled(client.close())
        await settled(client.submit(PROMPT))

    with pytest.raises(InvalidRequest, match="The client is closed"):
        play(kind, None, close_then_submit)
