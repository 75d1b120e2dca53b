"""What is known of a picture of the async client since it was fetched."""

from __future__ import annotations

import asyncio

from .fetched import Fetched


class AsyncFetched(Fetched):
    """With a turn for those that read in an event loop."""

    def __init__(self) -> None:
        super().__init__()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._turn_in_loop = asyncio.Lock()

    def turn_in_loop(self) -> asyncio.Lock:
        """The same as `turn` for tasks of the running event loop; a lock serves only one loop."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._turn_in_loop = loop, asyncio.Lock()
        return self._turn_in_loop
