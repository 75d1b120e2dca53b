"""Guards against connections left open, and a closed client that sends."""

import asyncio
from typing import Any

import pytest

from client.play import KEY, KINDS, PROMPT, play, settled
from imagen4 import AsyncClient, InvalidRequest


def test_closing_closes_what_belongs_to_this_loop() -> None:
    """Afterwards the client is closed for all loops."""
    client = AsyncClient("kie", api_key=KEY)

    async def closed() -> bool:
        http = client._connections.here(asyncio.get_running_loop())
        await client.close()
        return http.is_closed

    assert asyncio.run(closed())
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
