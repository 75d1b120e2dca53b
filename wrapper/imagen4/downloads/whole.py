"""Whether a file holds all of a picture, read off its structure from the first byte to the end.

Neither the length nor the framing of an answer proves that: a cache may hold half a picture as
if it were one, or fill up what it lost. Libraries that decode pictures (Pillow) outweigh this
package; the light ones (integv, python-image-complete) look for marks at the end only, or know no
AVIF.

Nobody can tell where the end of a WebP's last picture was filled up, at its full length: it has
no marks, any bytes decode, and real ones of flat colours end in zeros (up to 98 % of the file).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO
from zlib import crc32

from .boxes import avif
from .content import Content

if TYPE_CHECKING:
    from collections.abc import Callable

# JPEG: a segment's mark. Inside of a scan stand FF 00 and the restarts D0 to D7, which are none.
_MARK = re.compile(rb"\xff[^\x00\x01\xd0-\xd8\xff]", re.DOTALL)
_END = 0xD9
# WebP: a frame, by its own signature; in a moving picture each has a chunk around it.
_FRAME = re.compile(rb"VP8 .{7}\x9d\x01\x2a|VP8L.{4}\x2f|ANMF", re.DOTALL)


def is_whole(suffix: str, file: BinaryIO, *, checksums: bool = False) -> bool:
    """Whether the file holds a whole picture of that kind. What stands after it does no harm.

    checksums: for what was put together from parts, which may be of two versions. In one piece,
    a wrong checksum is the host's own, and paid for: no further attempt would change it.
    """
    try:
        return _JUDGES[suffix](Content(file, checksums=checksums))
    except EOFError:
        return False


def png(content: Content) -> bool:
    """Chunks from IHDR to IEND, with picture data among them."""
    content.go(8)
    drawn, kind = False, b""
    while kind != b"IEND":
        length, before, kind = content.number(4), kind, content.take(4)
        if not before and (kind, length) != (b"IHDR", 13):
            return False
        drawn = drawn or (kind == b"IDAT" and length > 0)
        checksum = crc32(kind)
        while length:
            piece = content.piece(length)
            checksum, length = crc32(piece, checksum), length - len(piece)
        if checksum != content.number(4) and content.checksums:
            return False
    return drawn


def jpeg(content: Content) -> bool:
    """Segments to the end mark, and picture data behind one of them."""
    content.go(2)
    start, drawn = content.place, False
    while next_mark(content) != _END:
        drawn = drawn or content.place > start + 2
        length = content.number(2)
        if length < 2:
            return False
        content.go(start := content.place - 2 + length)
    return drawn or content.place > start + 2


def next_mark(content: Content) -> int:
    """The next segment's mark; the content then stands behind it."""
    before = b""
    while True:
        start = content.place - len(before)
        piece = before + content.piece()
        if mark := _MARK.search(piece):
            content.go(start + mark.end())
            return mark[0][1]
        before = piece[-1:]


def gif(content: Content) -> bool:
    """Blocks to the trailer, at least one of them a picture."""
    skip_colors(content, content.take(13)[10])
    drawn = False
    while (kind := content.take(1)) != b";":
        if kind == b",":
            skip_colors(content, content.take(9)[8])
            drawn = True
        elif kind != b"!":
            return False
        content.take(1)
        while length := content.number(1):
            content.go(content.place + length)
    return drawn


def skip_colors(content: Content, flags: int) -> None:
    if flags & 0x80:
        content.go(content.place + (6 << (flags & 7)))


def webp(content: Content) -> bool:
    """The size that it says it has, filled with chunks, at least one of them a picture."""
    head = content.take(12)
    end = 8 + int.from_bytes(head[4:8], "little")
    drawn = False
    while content.place < end - 1:  # the last chunk may lack its padding
        start = content.place
        name = content.take(8)
        if 0 in name[:4]:  # filled up by a host that lost the rest
            return False
        frame = name + content.take(min(6, content.size - content.place))
        drawn = drawn or _FRAME.match(frame) is not None
        length = int.from_bytes(name[4:], "little")
        content.go(start + 8 + length)
        content.go(min(content.place + length % 2, content.size))
    content.go(end)
    return drawn


_JUDGES: dict[str, Callable[[Content], bool]] = {
    ".png": png,
    ".jpg": jpeg,
    ".gif": gif,
    ".webp": webp,
    ".avif": avif,
}
