"""Waiting for one's turn to send."""

from __future__ import annotations

import asyncio

from ..core.effects import none_was_free


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
