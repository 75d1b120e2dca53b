"""Sending, for the async client."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import httpx

from ..core.effects import none_was_free
from .answer_reader import AnswerReader
from .async_exchange_deadline import AsyncExchangeDeadline
from .async_fetching import fetch_async
from .transport import CONNECTIONS, STALE, Wire, answer_of_hook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..core.answer import Answer
    from ..core.effects import Send
    from ..core.ports import Download
    from ..core.session import Session
    from .async_carriers import AsyncCarrier
    from .connections import Connections

    # The asyncio tasks that have a create out, with a future for when it is over.
    Creating: TypeAlias = dict[asyncio.Task[Any] | None, asyncio.Future[None]]


class AsyncWire(Wire):
    """The same as `SyncWire` by awaiting."""

    def __init__(
        self, session: Session, connections: Connections[AsyncCarrier], creating: Creating
    ) -> None:
        super().__init__(session)
        self.connections = connections
        self._slots: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}
        self._creating = creating

    async def send(self, send: Send) -> Answer:
        loop = asyncio.get_running_loop()
        slot = self._slots.get(loop) or self._slots_of(loop)
        queued = await wait_for_slot(slot, send.patience)
        try:
            send.subtract_wait(queued)
            carrier = self.connections.take(loop, fresh=send.is_write)
            send.started = True
            with self._counted(send, loop):
                return await self._exchanged(carrier, send, loop)
        finally:
            slot.release()

    @contextmanager
    def _counted(self, send: Send, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
        if not send.is_write:
            yield
            return
        task, over = asyncio.current_task(), loop.create_future()
        self._creating[task] = over
        try:
            yield
        finally:
            del self._creating[task]
            over.set_result(None)

    def _slots_of(self, loop: asyncio.AbstractEventLoop) -> asyncio.Semaphore:
        """A client may be used in several loops, one after the other: each has its own slots."""
        self._slots = {each: slot for each, slot in self._slots.items() if not each.is_closed()}
        return self._slots.setdefault(loop, asyncio.Semaphore(CONNECTIONS))

    async def _exchanged(
        self, carrier: AsyncCarrier, send: Send, loop: asyncio.AbstractEventLoop
    ) -> Answer:
        limits = send.timeout, send.leave_in
        exchange = AsyncExchangeDeadline(*limits, watched=carrier.own, listening=True)
        try:
            async with exchange:
                try:
                    return await self._carried(carrier, send, exchange, loop)
                except STALE:
                    if not carrier.kept or send.answer is not None:
                        raise
                    another = self.connections.take(loop, fresh=True)
                    return await self._carried(another, send, exchange, loop)
        except BaseException as problem:
            return self.rescue(send, exchange, problem, own=carrier.own)
        finally:
            self.end(send, exchange)

    async def _carried(
        self,
        carrier: AsyncCarrier,
        send: Send,
        exchange: AsyncExchangeDeadline,
        loop: asyncio.AbstractEventLoop,
    ) -> Answer:
        try:
            answer = await self._sent(carrier, send, exchange)
        except (Exception, asyncio.CancelledError):
            await carrier.close()
            raise
        if not self.connections.keep(carrier, loop, wanted=not send.is_write):
            await carrier.close()
        return answer

    async def _sent(
        self, carrier: AsyncCarrier, send: Send, exchange: AsyncExchangeDeadline
    ) -> Answer:
        request = self.request(send, exchange.observe)
        try:
            response = await carrier.send(request)
        except httpx.HTTPStatusError as problem:
            response = answer_of_hook(problem, request)
        read_by = self._session, send, response, exchange.heard
        try:
            reader = AnswerReader(*read_by, timed=exchange.watched)
            try:
                if not reader.complete:
                    async for chunk in response.aiter_raw():
                        reader.add(chunk)
                return reader.answer()
            except BaseException:
                reader.broken()
                raise
        finally:
            await response.aclose()

    async def fetch(self, download: Download) -> None:
        await fetch_async(download, self.connections.lent())


async def wait_for_slot(slot: asyncio.Semaphore, patience: float) -> float:
    """Take one of the slots, and say how many seconds that took."""
    if not slot.locked():
        await slot.acquire()  # at once
        return 0.0
    clock = asyncio.get_running_loop().time
    before = clock()
    try:
        async with asyncio.timeout(patience):
            await slot.acquire()
    except TimeoutError:
        raise none_was_free() from None
    return clock() - before
