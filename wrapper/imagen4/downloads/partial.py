"""What is there of a picture so far: its bytes, and what its host says of the whole."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ..errors import DownloadError
from .formats import HEAD, suffix_of
from .pictures import disk_errors
from .ranges import part_in, total_in
from .whole import is_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST = 64 * 1024 * 1024  # bytes of one picture


class Partial:
    """A file that is written from its start, as far as the picture has come.

    Raises DownloadError for what the disk refuses, and for what is too large.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.size = 0
        self.head = b""
        self.total: int | None = None  # what the server says the whole comes to
        self.etag: str | None = None
        self._in_parts = False
        self._file = file
        self._where: str | None = getattr(file, "name", None)

    @property
    def suffix(self) -> str | None:
        """Of the kind of picture that begins like this; None where it does not, so far."""
        return suffix_of(self.head)

    @property
    def complete(self) -> bool:
        """Whether these are as many bytes as the host promised, if it did."""
        return self.total in (None, self.size)

    def identify(self, headers: Mapping[str, str]) -> None:
        """Which version it is and how long, where that is about the bytes as they are."""
        etag = headers.get("etag", "")
        self.etag = etag if etag.startswith('"') else None  # a weak one allows no range
        self.total = total_in(headers)
        self._check_size(self.total or 0)

    def doubt(self) -> None:
        """What was said is about something else."""
        self.etag = self.total = None

    def resumes(self, headers: Mapping[str, str]) -> bool:
        """Whether a part starts where we stopped, and is one of the same version."""
        part = part_in(headers)
        if part is None or part.start != self.size or headers.get("etag") != self.etag:
            return False
        total = self.total if part.total is None else part.total
        if self.total not in (None, total):
            return False
        self.total, self._in_parts = total, True
        return True

    def begins_otherwise(self, chunk: bytes) -> bool:
        """Whether the first bytes, now that these are there, are those of no picture."""
        if len(self.head) >= HEAD:
            return False
        self.head += chunk[:HEAD]
        return len(self.head) >= HEAD and self.suffix is None

    def write(self, chunk: bytes) -> None:
        self._check_size(self.size + len(chunk))
        with disk_errors(self._where or "memory"):
            self._file.write(chunk)
        self.size += len(chunk)

    def holds(self, suffix: str) -> bool:
        """Whether what was written is all of a picture."""
        with disk_errors(self._where or "memory"):
            whole = is_whole(suffix, self._file, checksums=self._in_parts)
            self._file.seek(self.size)
        return whole

    def restart(self) -> None:
        """Drop the bytes; what is known of the whole stands until another answer is identified."""
        self.size, self.head, self._in_parts = 0, b"", False
        with disk_errors(self._where or "memory"):
            self._file.seek(0)
            self._file.truncate()

    def abandon(self) -> None:
        """Leave nothing on the disk: another thread may hang in it as the program ends."""
        if self._where is not None:
            with suppress(OSError):
                Path(self._where).unlink()

    def _check_size(self, size: int) -> None:
        if size > LARGEST:
            raise DownloadError(f"The picture is larger than {LARGEST} bytes")
