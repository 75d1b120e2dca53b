"""Watching one HTTP exchange of the async client from below httpx."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from weakref import ref

import httpx

from .exchange_deadline import (
    BEGUN,
    CONNECTED,
    LAST_LOOKS,
    TOO_SLOW,
    SentAndHeard,
    exchange_here,
    noted,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self


class AsyncExchangeDeadline(SentAndHeard):
    """The same as `ExchangeDeadline` for asyncio, whose own time-outs bound everything."""

    _limit: asyncio.Timeout | None = None
    _alarm: asyncio.Handle | None = None
    _connected: Any = None  # the connection made for this exchange, if one was

    async def __aenter__(self) -> Self:
        exchange_here.set(ref(self))
        # Whether an injected client that shows no step has sent a create is not known.
        unknown = self._leave_in is not None and not self.watched
        self._limit = asyncio.timeout(None)
        await self._limit.__aenter__()
        if not unknown:
            self.extend(self._patience if self._leave_in is None else self._leave_in)
        return self

    async def __aexit__(self, *exception: Any) -> None:
        """Lets go of the task, too: whoever keeps the request must not keep its result."""
        exchange_here.set(None)
        limit, self._limit = self._limit, None
        if self._alarm is not None:
            self._alarm.cancel()
        if limit is None:
            return
        try:
            await limit.__aexit__(*exception)
        except TimeoutError:
            kind = httpx.ReadTimeout if self.began or not self.watched else httpx.ConnectTimeout
            raise kind(TOO_SLOW) from None
        finally:
            if self._connected is not None and exception[0] is not None:
                # One that is cancelled during its TLS handshake is forgotten by httpcore.
                await self._connected.aclose()

    async def observe(self, event: str, info: Mapping[str, Any]) -> None:
        self.watched = True
        step = event.partition(".")[2]
        if step == BEGUN:
            self.note_begun(info)
            if self.began and self._listening:
                # httpx's own time-outs do not look before they judge.
                extensions = info["request"].extensions
                extensions["timeout"] = extensions["timeout"] | {"read": None, "write": None}
            if self.began and self._leave_in is not None:
                self.extend(self._patience)
        elif step in CONNECTED:
            self._connected = info["return_value"]
            hear_async_reads(self._connected)

    def extend(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = loop.call_later(seconds, self._look, loop, LAST_LOOKS)

    def _look(self, loop: asyncio.AbstractEventLoop, left: int) -> None:
        """Time is over, when the loop has gone round some times more."""
        if left > 0:
            self._alarm = loop.call_soon(self._look, loop, left - 1)
        elif self._limit is not None:
            self._limit.reschedule(loop.time())


def hear_async_reads(stream: Any) -> None:
    """The same as `bound_reads` for asyncio, which bounds reads by itself."""
    read = stream.read

    async def heard(*arguments: Any, **options: Any) -> bytes:
        return noted(await read(*arguments, **options))

    stream.read, stream.imagen4_heard = heard, True
