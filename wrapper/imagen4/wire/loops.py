"""The event loop that AsyncClient runs in."""

from __future__ import annotations

import asyncio

from ..errors import InvalidRequest


def running_loop() -> asyncio.AbstractEventLoop:
    """Raises InvalidRequest where there is none, as under trio."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise InvalidRequest(
            "AsyncClient needs asyncio, of which no event loop runs here; "
            "under trio, use Client in a thread"
        ) from None
