"""A sandbox that hands out clients which never wait."""

from __future__ import annotations

import asyncio
from random import Random
from typing import TYPE_CHECKING, Any

from .. import AsyncClient, Client
from ..facts import DEFAULT_GATEWAY
from ..sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from .. import Gateway


class ClientSandbox(Sandbox):
    """A sandbox whose clock moves when one of its clients sleeps, and otherwise stands still.

    Limits are off unless `configure(limits=True)` switches them on: a test that asks faster
    than an account may is none of the gateway's business.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"speed": 0, "limits": False, **settings})
        self._clients: list[Client] = []

    def client(self, gateway: Gateway = DEFAULT_GATEWAY, **options: Any) -> Client:
        """A client of this sandbox; `options` are those of `imagen4.Client`. It is closed here."""
        client = Client(gateway, **{**self._defaults(gateway, self.sleep), **options})
        self._clients.append(client)
        return client

    def async_client(self, gateway: Gateway = DEFAULT_GATEWAY, **options: Any) -> AsyncClient:
        """As `client`, for asyncio; close it in the loop that used it: `async with`."""
        return AsyncClient(gateway, **{**self._defaults(gateway, self.sleep_async), **options})

    def sleep(self, seconds: float) -> None:
        """Let so much of the sandbox's time pass, at once."""
        self.clock.advance_to(self.clock.now() + seconds)

    async def sleep_async(self, seconds: float) -> None:
        """As `sleep`; others that sleep at the same time pass it together."""
        until = self.clock.now() + seconds
        await asyncio.sleep(0)
        self.clock.advance_to(until)

    def close_clients(self) -> None:
        """Close the sync clients that were handed out."""
        while self._clients:
            self._clients.pop().close()

    def _defaults(self, gateway: Gateway, sleep: Callable[[float], Any]) -> dict[str, Any]:
        return {
            "api_key": self.key(gateway),
            "base_url": self.url(gateway),
            "clock": self.clock.now,
            "random": Random(0).random,
            "sleep": sleep,
        }
