"""Taking items for the async client from whatever they come in."""

from __future__ import annotations

import asyncio
from _thread import start_new_thread
from collections.abc import AsyncIterable
from contextlib import suppress
from contextvars import copy_context
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Iterator

T = TypeVar("T")
_END: Any = object()


async def each_item(items: Iterable[T] | AsyncIterable[T]) -> AsyncGenerator[T]:
    """One after the other; an iterator may wait for something without holding up the loop."""
    if isinstance(items, AsyncIterable):
        async for item in items:
            yield item
        return
    wanted: SimpleQueue[asyncio.Future[T] | None] = SimpleQueue()
    serve = (take_on_demand, iter(items), wanted)
    start_new_thread(copy_context().run, serve)
    try:
        while (item := await demanded(wanted)) is not _END:
            yield item
    finally:
        wanted.put(None)


def demanded(wanted: SimpleQueue[asyncio.Future[T] | None]) -> asyncio.Future[T]:
    future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    wanted.put(future)
    return future


def take_on_demand(items: Iterator[T], wanted: SimpleQueue[asyncio.Future[T] | None]) -> None:
    """On a thread of its own: the next item for each future in the queue."""
    while (future := wanted.get()) is not None:
        try:
            settled: tuple[Any, Any] = (future.set_result, next(items, _END))
        except BaseException as problem:
            settled = (future.set_exception, problem)
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            future.get_loop().call_soon_threadsafe(settle, future, *settled)


def settle(future: asyncio.Future[T], how: Any, what: object) -> None:
    if not future.cancelled():
        how(what)
