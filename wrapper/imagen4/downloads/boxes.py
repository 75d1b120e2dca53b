"""AVIF: an ISO media file of boxes, one of which (`iloc`) says where the pictures' bytes stand.

Layout: ISO/IEC 14496-12, sections 4.2 and 8.11.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .content import Content


def avif(content: Content) -> bool:
    """Boxes to the end of the file, and every picture's bytes inside of it."""
    described = data = False
    for kind, end in boxes(content, content.size):
        data = data or kind == b"mdat"
        described = described or kind == b"moov"  # a moving picture
        if kind == b"meta":
            content.go(content.place + 4)
            for part, _ in boxes(content, end):
                data = data or part == b"idat"
                described = described or (part == b"iloc" and places_inside(content))
    return described and data


def boxes(content: Content, end: int) -> Iterator[tuple[bytes, int]]:
    """The kind and the end of each box up to `end`; the content stands where its inside begins."""
    while content.place < end:
        start = content.place
        length, kind = content.number(4), content.take(4)
        length = content.number(8) if length == 1 else length  # 1 says "see there"
        stop = start + length if length else end  # 0 says "to the end"
        if not content.place <= stop <= end:
            raise EOFError
        yield kind, stop
        content.go(stop)


def places_inside(content: Content) -> bool:
    """Whether `iloc` names places, and all of them stand inside of the file."""
    version = content.number(4) >> 24
    sizes = content.take(2)
    offset, length, base, index = (n for byte in sizes for n in (byte >> 4, byte & 15))
    found = 0
    for _ in range(content.number(4 if version == 2 else 2)):
        content.take(4 if version == 2 else 2)
        elsewhere = version > 0 and content.number(2) & 15
        content.take(2)
        origin = content.number(base)
        for _ in range(content.number(2) if offset + length else 0):
            content.take(index if version else 0)
            end = origin + content.number(offset) + content.number(length)
            if not elsewhere and end > content.size:
                return False
            found += 1
    return found > 0
