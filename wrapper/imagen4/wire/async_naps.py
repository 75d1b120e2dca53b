"""Letting time pass in an event loop, which a callback may cut short."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ..core.ports import Bell


async def nap_async(
    seconds: float, bell: Bell, sleep: Callable[[float], Awaitable[object]]
) -> None:
    """By being woken, since ten thousand may wait; the bell may ring on any thread."""
    loop = asyncio.get_running_loop()
    over, resting = loop.create_future(), asyncio.ensure_future(sleep(seconds))

    def end(_: object = None) -> None:
        if not over.done():
            over.set_result(None)

    def wake() -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(end)

    resting.add_done_callback(end)
    bell.wake_with(wake)
    try:
        if not bell.rung:
            await over
        if resting.done():
            await resting  # raises what sleeping did
    finally:
        bell.wake_with(None)
        resting.cancel()
