"""AVIF: an ISO media file of boxes, one of which (`iloc`) says where the pictures' bytes stand.

Layout: ISO/IEC 14496-12, sections 4.2 and 8.11.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .content import Content


def avif(content: Content) -> bool:
    """Boxes to the end of the file, a description and data among them.

    Where the last box reaches to the end, wherever that is, the pictures' places tell of a cut.
    """
    described = data = False
    needed = 0
    for kind, end, closed in boxes(content, content.size):
        data = data or kind == b"mdat"
        described = described or kind == b"moov"  # a moving picture
        if kind == b"meta":
            content.go(content.place + 4)
            for part, _, _ in boxes(content, end):
                data = data or part == b"idat"
                needed = last_place(content) if part == b"iloc" else needed
        if not closed and needed > content.size:
            return False
    return (described or needed > 0) and data


def boxes(content: Content, end: int) -> Iterator[tuple[bytes, int, bool]]:
    """Each box up to `end`: its kind, its own end, and whether it names that itself.

    The content stands where its inside begins.
    """
    while content.place < end:
        start = content.place
        length, kind = content.number(4), content.take(4)
        length = content.number(8) if length == 1 else length  # 1 says "see there"
        stop = start + length if length else end  # 0 says "to the end"
        if not content.place <= stop <= end:
            raise EOFError
        yield kind, stop, length > 0
        content.go(stop)


def last_place(content: Content) -> int:
    """Up to where the file must reach by `iloc`, to hold what stands in it; 0 for nothing."""
    version = content.number(4) >> 24
    sizes = content.take(2)
    offset, length, base, index = (n for byte in sizes for n in (byte >> 4, byte & 15))
    last = 0
    for _ in range(content.number(4 if version == 2 else 2)):
        content.take(4 if version == 2 else 2)
        elsewhere = version > 0 and content.number(2) & 15
        content.take(2)
        origin = content.number(base)
        for _ in range(content.number(2) if offset + length else 0):
            content.take(index if version else 0)
            end = origin + content.number(offset) + content.number(length)
            last = max(last, 1 if elsewhere else end)
    return last
