"""What is known of a picture since it was fetched: all of an image that changes."""

from __future__ import annotations

import os
from contextlib import suppress
from threading import RLock
from typing import TYPE_CHECKING, BinaryIO

from .dimensions import pixels_of
from .formats import CONTENT_TYPES

if TYPE_CHECKING:
    from pathlib import Path

    from .dimensions import Pixels

    Version = tuple[int, int, int]


class Fetched:
    """Empty until the picture was fetched for the first time."""

    def __init__(self) -> None:
        self.suffix: str | None = None
        self.pixels: Pixels | None = None
        self.content: bytes | None = None
        """Only of a picture that was read into memory."""
        self._file: tuple[Path, Version] | None = None
        self.turn = RLock()
        """Of threads that read: the second finds what the first one fetched."""

    @property
    def content_type(self) -> str | None:
        return None if self.suffix is None else CONTENT_TYPES[self.suffix]

    def note(self, suffix: str, file: BinaryIO) -> None:
        """Take down what a file says that holds the whole picture."""
        self.pixels, self.suffix = pixels_of(suffix, file), suffix

    def note_saved(self, path: Path) -> None:
        """Take down where the picture is, and of which version that file is."""
        with suppress(OSError):
            self._file = (path.absolute(), version_of(path.stat()))

    def at_hand(self) -> bytes | None:
        """The picture from memory, or from where it was saved if nobody has changed that since."""
        if self.content is not None or self._file is None:
            return self.content
        path, version = self._file
        with suppress(OSError), path.open("rb") as file:
            if version_of(os.fstat(file.fileno())) == version:
                return file.read()
        return None


def version_of(found: os.stat_result) -> Version:
    """What changes when somebody writes to a file, or puts another in its place."""
    return found.st_ino, found.st_size, found.st_mtime_ns
