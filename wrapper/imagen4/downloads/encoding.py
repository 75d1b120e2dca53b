"""What a host does to a picture's bytes, although they were asked for as they are.

Some pack everything, some announce what they did not do, or do what they did not announce: a
store that keeps packed objects behind a server that packs again. So the bytes say whether they
are packed. No kind of picture begins like gzip, nor like deflate as it is found on the web.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECE = 64 * 1024  # bytes unpacked at a time, however many they come to
_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS


class Unpacking:
    """Undoes gzip, and deflate where it is announced, both of them also inside of each other.

    Not more than two: each is a thousandfold of work that shows in no size.
    """

    def __init__(self, encoding: str) -> None:
        deflate = "deflate" in encoding
        self._outer, self._inner = Layer(deflate), Layer(deflate)
        self._announced = encoding not in ("", "identity", "gzip", "x-gzip")

    @property
    def packed(self) -> bool:
        return self._outer.packed

    @property
    def strange(self) -> bool:
        """Whether something is announced that is none of these, and may be the reason for a mess.

        But stores also hand out `aws-chunked` or `utf-8` with a picture as it was sent to them.
        """
        return self._announced and not self.packed

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """Raises zlib.error."""
        for piece in self._outer.pieces(chunk):
            yield from self._inner.pieces(piece)


class Layer:
    """Undoes one packing; leaves alone what is none."""

    def __init__(self, deflate: bool) -> None:
        self._deflate = deflate
        self._inflate: zlib._Decompress | None = None
        self._over = False
        self.packed = False

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """A gzip may go on with another one; whatever else stands behind it is none of it."""
        while chunk and not self._over:
            self._inflate = self._inflate or self._decoder(chunk[0])
            self._over = self._inflate is None
            if self._inflate is not None:
                self.packed = True
                yield from self._inflated(self._inflate, chunk)
                if not self._inflate.eof:
                    return
                chunk, self._inflate = self._inflate.unused_data, None
        if not self.packed:
            yield chunk

    @staticmethod
    def _inflated(inflate: zlib._Decompress, chunk: bytes) -> Iterator[bytes]:
        piece = b"begun"
        # At its end zlib goes on to show a tail that it has put aside as unused.
        while (piece or inflate.unconsumed_tail) and not inflate.eof:
            piece = inflate.decompress(chunk, PIECE)
            chunk = inflate.unconsumed_tail
            yield piece

    def _decoder(self, first: int) -> zlib._Decompress | None:
        """What undoes a packing that begins with that byte."""
        if first == 0x1F:
            return zlib.decompressobj(_GZIP)
        if self._deflate and first == 0x78:
            return zlib.decompressobj(_ZLIB)
        # Without zlib's head, as some servers have it: its first block has a code of its own.
        return zlib.decompressobj(_RAW) if self._deflate and first & 6 == 4 else None
