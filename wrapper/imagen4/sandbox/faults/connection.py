"""Faults on the connection itself, which ASGI knows nothing of: silence, resets, half answers."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING

from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


class OpenConnections:
    """The open connections by the peer's address, and those that are being kept waiting."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], asyncio.Transport] = {}
        self._held: set[tuple[str, int]] = set()

    def opened(self, peer: tuple[str, int] | None, transport: asyncio.Transport) -> None:
        if peer is not None:
            self._open[peer] = transport

    def lost(self, peer: tuple[str, int] | None) -> None:
        if peer is not None:
            self._open.pop(peer, None)

    def sockets(self) -> list[socket.socket]:
        """Of the open connections."""
        return [transport.get_extra_info("socket") for transport in tuple(self._open.values())]

    def of(self, scope: Scope) -> asyncio.Transport:
        transport = self._open.get(tuple(scope.get("client") or ("", 0)))
        if transport is None:
            raise RuntimeError("this fault needs a real connection: use Sandbox, not create_app")
        return transport

    async def hold(self, scope: Scope, receive: Receive, seconds: float) -> bool:
        """Wait that many real seconds; whether the caller is still there."""
        peer = tuple(scope.get("client") or ("", 0))
        self._held.add(peer)
        try:
            async with asyncio.timeout(seconds):
                await disconnected(receive)
        except TimeoutError:
            return True
        finally:
            self._held.discard(peer)
        return False

    def release(self) -> None:
        """Hang up on everybody who is kept waiting, so that the server can stop at once."""
        for peer in self._held & self._open.keys():
            self._open[peer].abort()


def protocol_for(connections: OpenConnections) -> type[H11Protocol]:
    """uvicorn's protocol, telling `connections` who is connected."""

    class Protocol(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            # as uvicorn itself narrows the type
            super().connection_made(transport)
            connections.opened(self.client, transport)

        def connection_lost(self, exc: Exception | None) -> None:
            connections.lost(self.client)
            super().connection_lost(exc)

    return Protocol


async def disconnected(receive: Receive) -> None:
    """Until the caller has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


class FaultyResponse(Response):
    """What is sent of the intact response, over that many real seconds and in that many parts.

    Each kind has its own way to send it.
    """

    def __init__(
        self, connections: OpenConnections, intact: Response, seconds: float = 0, parts: int = 1
    ) -> None:
        super().__init__(intact.body, intact.status_code, dict(intact.headers))
        self.connections, self.seconds, self.parts = connections, seconds, parts

    async def send_start(self, send: Send) -> None:
        start = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **start})

    async def send_part(self, send: Send, part: bytes, more: bool) -> None:
        await send({"type": "http.response.body", "body": part, "more_body": more})


class Silence(FaultyResponse):
    """Nothing for `seconds`, then the connection is closed."""

    async def __call__(self, scope: Scope, receive: Receive, _send: Send) -> None:
        transport = self.connections.of(scope)
        if await self.connections.hold(scope, receive, self.seconds):
            transport.close()
            await disconnected(receive)


class ResetConnection(FaultyResponse):
    """A TCP reset instead of an answer."""

    async def __call__(self, scope: Scope, receive: Receive, _send: Send) -> None:
        transport = self.connections.of(scope)
        wire: socket.socket = transport.get_extra_info("socket")
        # Linger on, for no time: the kernel sends RST where it would have sent FIN.
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
        await disconnected(receive)


class CutResponse(FaultyResponse):
    """Half of the content under the length of the whole, then the connection is closed."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = self.connections.of(scope)
        await self.send_start(send)
        await self.send_part(send, bytes(self.body)[: len(self.body) // 2], more=True)
        transport.close()
        await disconnected(receive)


class SlowResponse(FaultyResponse):
    """The whole response, after a pause or part by part over `seconds`."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        content = bytes(self.body)
        step = len(content) // self.parts + 1
        for index in range(self.parts):
            if not await self.connections.hold(scope, receive, self.seconds / self.parts):
                return
            if index == 0:
                await self.send_start(send)
            part = content[index * step : (index + 1) * step]
            await self.send_part(send, part, more=index + 1 < self.parts)
