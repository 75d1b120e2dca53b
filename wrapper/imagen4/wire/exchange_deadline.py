"""Watching one HTTP exchange from below httpx: whether it began, and that it ends in time.

httpx's read time-out counts from one piece of an answer to the next, so a server that sends
a byte now and then holds an exchange as long as it likes. And an exception's class does not
prove that nothing was sent: an injected client's hooks may raise any. Evidence for both is
httpcore's documented `trace` extension, which tells of each step of a request.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from math import inf
from threading import local
from time import monotonic
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from typing import Self

_BEGUN = "send_request_headers.started"
_CONNECTED = ("connect_tcp.complete", "start_tls.complete")
_TOO_SLOW = "The answer came too slowly"
_this_thread = local()


class ExchangeDeadline:
    """A sync exchange: its answer must be complete `patience` seconds after it began.

    began: whether a byte of the request may have left. Pass `observe` as "trace" extension.
    """

    def __init__(self, patience: float) -> None:
        self.began = False
        self._patience = patience
        self._until = inf

    def __enter__(self) -> Self:
        _this_thread.exchange = self
        return self

    def __exit__(self, *exception: object) -> None:
        _this_thread.exchange = None

    def observe(self, event: str, info: Mapping[str, Any]) -> None:
        step = event.partition(".")[2]
        if step == _BEGUN:
            self.began = self.began or request_started(info)
            self._until = monotonic() + self._patience
        elif step in _CONNECTED:
            bound_reads(info["return_value"])

    def extend(self, seconds: float) -> None:
        """From now on the rest of the answer has so much time."""
        self._until = monotonic() + seconds

    def left(self) -> float:
        """Seconds for the next read. Raises ReadTimeout when there are none."""
        left = self._until - monotonic()
        if left <= 0:
            raise httpx.ReadTimeout(_TOO_SLOW)
        return left


class AsyncExchangeDeadline:
    """The same for asyncio, whose own time-outs bound everything."""

    def __init__(self, patience: float, limit: asyncio.Timeout) -> None:
        self.began = False
        self._patience = patience
        self._limit: asyncio.Timeout | None = limit

    async def observe(self, event: str, info: Mapping[str, Any]) -> None:
        step = event.partition(".")[2]
        if step == _BEGUN:
            self.began = self.began or request_started(info)
            if self._limit is not None:
                self._limit.reschedule(asyncio.get_running_loop().time() + self._patience)
        elif step in _CONNECTED:
            mark_async_reads(info["return_value"])

    def extend(self, seconds: float) -> None:
        if self._limit is not None and not self._limit.expired():
            self._limit.reschedule(asyncio.get_running_loop().time() + seconds)

    def release(self) -> None:
        """Lets go of the task: whoever keeps the request must not keep its result, too."""
        self._limit = None


@asynccontextmanager
async def async_exchange_deadline(patience: float) -> AsyncGenerator[AsyncExchangeDeadline]:
    """An exchange that is cancelled when it takes too long; then raises ReadTimeout."""
    limit = asyncio.timeout(None)
    try:
        async with limit:
            exchange = AsyncExchangeDeadline(patience, limit)
            try:
                yield exchange
            finally:
                exchange.release()
    except TimeoutError:
        if not limit.expired():
            raise
        raise httpx.ReadTimeout(_TOO_SLOW) from None


def request_started(info: Mapping[str, Any]) -> bool:
    """Whether it is the request itself that leaves, not one to a proxy for a tunnel."""
    return bool(info["request"].method != b"CONNECT")


def bound_reads(stream: Any) -> None:
    """Let every read of a new connection end with the exchange for which it is made.

    A connection outlives its first exchange, and nothing tells which one the next uses; but
    a sync exchange reads on its own thread. Other uses of the connection are left alone.
    """
    read = stream.read

    def bounded(max_bytes: int, timeout: float | None = None) -> bytes:
        exchange: ExchangeDeadline | None = getattr(_this_thread, "exchange", None)
        left = exchange.left() if exchange else inf
        if left < (inf if timeout is None else timeout):
            timeout = left
        data: bytes = read(max_bytes, timeout)
        stream.imagen4_read = True
        return data

    stream.read = bounded


def mark_async_reads(stream: Any) -> None:
    """The same for asyncio, where only whether something was read is noted."""
    read = stream.read

    async def marked(*arguments: Any, **options: Any) -> bytes:
        data: bytes = await read(*arguments, **options)
        stream.imagen4_read = True
        return data

    stream.read = marked


def reject_early_bytes(response: httpx.Response) -> None:
    """Refuse an answer that was there before its request. Raises RemoteProtocolError.

    Bytes left over from the answer before, by a server or proxy that is out of step, would be
    taken for this answer: with it, the id of somebody else's task. httpcore looks for them on
    the socket only, not among those that it has read already. HTTP/2 numbers its answers.
    """
    stream = response.extensions.get("network_stream")
    if response.http_version != "HTTP/2" and not getattr(stream, "imagen4_read", True):
        raise httpx.RemoteProtocolError("The answer was there before its request")


def mark_idle(response: httpx.Response) -> None:
    """From now on, what is read on the connection belongs to its next answer."""
    stream: Any = response.extensions.get("network_stream")
    if hasattr(stream, "imagen4_read"):
        stream.imagen4_read = False
