"""A file that is read from its start, a bounded number of bytes at a time."""

from __future__ import annotations

import os
from typing import BinaryIO

PIECE = 64 * 1024  # bytes


class Content:
    """What leads past the end of the file raises EOFError.

    checksums: whether they are asked for, too.
    """

    def __init__(self, file: BinaryIO, *, checksums: bool) -> None:
        self.checksums = checksums
        self.size = file.seek(0, os.SEEK_END)
        self.place = file.seek(0)
        self._file = file

    def take(self, count: int) -> bytes:
        data = self._file.read(count)
        self.place += len(data)
        if len(data) < count:
            raise EOFError
        return data

    def number(self, count: int) -> int:
        return int.from_bytes(self.take(count))

    def go(self, place: int) -> None:
        if place > self.size:
            raise EOFError
        self.place = self._file.seek(place)

    def piece(self, most: int = PIECE) -> bytes:
        """The next bytes, a bounded number of them, at least one."""
        return self.take(min(most, PIECE, self.size - self.place) or 1)
