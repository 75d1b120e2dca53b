"""What a host does to a picture's bytes, although they were asked for as they are."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

PIECE = 64 * 1024  # bytes unpacked at a time, however many they come to
_GZIP = 16 + zlib.MAX_WBITS


def decoder_for(encoding: str) -> Callable[[bytes], Iterable[bytes]] | None:
    """What undoes a Content-Encoding, chunk by chunk; None for what is taken as it is.

    Some hosts pack everything with gzip. Any other encoding, or one inside of another, can hide
    any size; but stores also hand out `aws-chunked` or `utf-8` with a picture as it was sent to
    them, which its first bytes tell.
    """
    return Gunzip().pieces if encoding in ("gzip", "x-gzip") else None


class Gunzip:
    """Undoes gzip; leaves alone what is only said to be packed."""

    def __init__(self) -> None:
        self._packed: bool | None = None
        self._inflate = zlib.decompressobj(_GZIP)

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """Raises zlib.error."""
        if self._packed is None:
            self._packed = chunk.startswith(b"\x1f")  # no kind of picture does
        if not self._packed:
            yield chunk
            return
        piece = b"begun"
        while piece or self._inflate.unconsumed_tail:
            piece = self._inflate.decompress(chunk, PIECE)
            chunk = self._inflate.unconsumed_tail
            yield piece
