"""The ways to the gateways of an async client."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx

from ..core.checks import instance_of
from .async_carriers import async_carriers, lent_async
from .async_transport import AsyncWire
from .connections import Connections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..core.answer import Answer
    from ..core.effects import Send
    from ..core.ports import Download
    from ..core.session import Session
    from .async_carriers import AsyncCarrier
    from .async_transport import Creating


class AsyncRoutes:
    """The same as `SyncRoutes` by awaiting."""

    def __init__(self, sessions: Sequence[Session], http_client: httpx.AsyncClient | None) -> None:
        lent = None
        if http_client is not None:
            lent = lent_async(instance_of(http_client, httpx.AsyncClient, "http_client"))
        self.creating: Creating = {}
        self._wires = {each.name: self._wire(each, lent) for each in sessions}

    def _wire(self, session: Session, lent: AsyncCarrier | None) -> AsyncWire:
        make = (lambda: lent) if lent else async_carriers(session.base_url)
        return AsyncWire(session, Connections(make, lent), self.creating)

    async def send(self, send: Send) -> Answer:
        return await self._wires[send.call.gateway].send(send)

    async def fetch(self, download: Download) -> None:
        await next(iter(self._wires.values())).fetch(download)

    def open_creates(self) -> list[asyncio.Future[None]]:
        """Of each create that is out in this loop, when it is over: its task's id must be read."""
        loop = asyncio.get_running_loop()
        return [over for over in self.creating.values() if over.get_loop() is loop]

    def mark_closed(self, loop: asyncio.AbstractEventLoop) -> list[AsyncCarrier]:
        wires = self._wires.values()
        return [each for wire in wires for each in wire.connections.mark_closed(loop)]
