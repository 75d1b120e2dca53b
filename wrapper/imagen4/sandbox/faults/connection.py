"""Faults on the connection itself, which ASGI knows nothing of: silence, resets, half answers."""

import asyncio
import socket
import struct

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol


class Connections:
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


def protocol_for(connections: Connections) -> type[H11Protocol]:
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


class Silence(Response):
    """Nothing for `seconds`, then the connection is closed."""

    def __init__(self, connections: Connections, seconds: float) -> None:
        super().__init__()
        self.connections, self.seconds = connections, seconds

    async def __call__(self, scope: Scope, receive: Receive, _send: Send) -> None:
        transport = self.connections.of(scope)
        if await self.connections.hold(scope, receive, self.seconds):
            transport.close()
            await disconnected(receive)


class Reset(Response):
    """A TCP reset instead of an answer."""

    def __init__(self, connections: Connections) -> None:
        super().__init__()
        self.connections = connections

    async def __call__(self, scope: Scope, receive: Receive, _send: Send) -> None:
        transport = self.connections.of(scope)
        wire: socket.socket = transport.get_extra_info("socket")
        # Linger on, for no time: the kernel sends RST where it would have sent FIN.
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
        await disconnected(receive)


class Cut(Response):
    """Half of the content under the length of the whole, then the connection is closed."""

    def __init__(self, connections: Connections, whole: Response) -> None:
        super().__init__(whole.body, whole.status_code, dict(whole.headers))
        self.connections = connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = self.connections.of(scope)
        start = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **start})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        transport.close()
        await disconnected(receive)


class Slow(Response):
    """The whole response, after a pause or bit by bit over `seconds`."""

    def __init__(
        self, connections: Connections, whole: Response, seconds: float, bits: int = 1
    ) -> None:
        super().__init__(whole.body, whole.status_code, dict(whole.headers))
        self.connections, self.seconds, self.bits = connections, seconds, bits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = {"status": self.status_code, "headers": self.raw_headers}
        content = bytes(self.body)
        step = len(content) // self.bits + 1
        for index in range(self.bits):
            if not await self.connections.hold(scope, receive, self.seconds / self.bits):
                return
            if index == 0:
                await send({"type": "http.response.start", **start})
            bit = content[index * step : (index + 1) * step]
            more = index + 1 < self.bits
            await send({"type": "http.response.body", "body": bit, "more_body": more})
