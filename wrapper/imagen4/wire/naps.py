"""Letting time pass, which a callback may cut short."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from .workers import LOOK

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ..core.ports import Bell


def nap(seconds: float, bell: Bell, sleep: Callable[[float], object]) -> None:
    """By looking up now and then, as whoever waits for Ctrl-C must: no lock can be left held."""
    while seconds > 0 and not bell.rung:
        sleep(min(seconds, LOOK))
        seconds -= LOOK


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
    finally:
        bell.wake_with(None)
        resting.cancel()
