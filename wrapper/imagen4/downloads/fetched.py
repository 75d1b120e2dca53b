"""What is known of a picture since it was fetched: all of an image that changes."""

from __future__ import annotations

import asyncio
from threading import RLock
from typing import TYPE_CHECKING, BinaryIO

from .dimensions import pixels_of
from .formats import CONTENT_TYPES

if TYPE_CHECKING:
    from .dimensions import Pixels


class Fetched:
    """Empty until the picture was fetched for the first time."""

    def __init__(self) -> None:
        self.suffix: str | None = None
        self.pixels: Pixels | None = None
        self.content: bytes | None = None
        """Only of a picture that was read into memory."""
        self.turn = RLock()
        """Of threads that read: the second finds what the first one fetched."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._turn_in_loop = asyncio.Lock()

    @property
    def content_type(self) -> str | None:
        return None if self.suffix is None else CONTENT_TYPES[self.suffix]

    def note(self, suffix: str, file: BinaryIO) -> None:
        """Take down what a file says that holds the whole picture."""
        self.pixels, self.suffix = pixels_of(suffix, file), suffix

    def turn_in_loop(self) -> asyncio.Lock:
        """The same for tasks of the running event loop; a lock serves only one loop."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._turn_in_loop = loop, asyncio.Lock()
        return self._turn_in_loop
