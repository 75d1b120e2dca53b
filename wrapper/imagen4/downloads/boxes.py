"""AVIF: an ISO media file of boxes, one of which (`iloc`) says where the pictures' bytes stand.

Layout: ISO/IEC 14496-12, sections 4.2 and 8.11.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .content import Content

LONGEST_TRAIL = 16  # bytes


def avif(content: Content) -> bool:
    """Boxes to the end of the file, a description and data among them.

    Where the last box reaches to the end, wherever that is, the pictures' places tell of a cut.
    """
    described = data = False
    needed, pictures = 0, list[int]()
    for kind, end, closed in boxes(content, content.size):
        data = data or kind == b"mdat"
        described = described or kind == b"moov"  # a moving picture
        if kind == b"meta":
            content.go(content.place + 4)
            places, coded = list[tuple[int, int]](), set[int]()
            for part, stop, _ in boxes(content, end):
                data = data or part == b"idat"
                places += item_places(content) if part == b"iloc" else ()
                coded |= coded_items(content, stop) if part == b"iinf" else set()
            needed = max((last for _, last in places), default=0)
            pictures += [last for item, last in places if item in coded]
        if not closed and needed > content.size:
            return False
    return (described or needed > 0) and data and not any(filled(content, end) for end in pictures)


def filled(content: Content, end: int) -> bool:
    """Whether a picture's bytes, up to `end`, trail off into one byte again and again.

    A host that lost the rest fills up with it. Coded as AV1 none ends so: in 80 pictures of flat
    colours and noise no byte stood there twice.
    """
    if not LONGEST_TRAIL < end <= content.size:
        return False
    content.go(end - LONGEST_TRAIL)
    return len(set(content.take(LONGEST_TRAIL))) == 1


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


def item_places(content: Content) -> Iterator[tuple[int, int]]:
    """Of each item in `iloc`: its number, and up to where the file must reach to hold it."""
    version = content.number(4) >> 24
    sizes = content.take(2)
    offset, length, base, index = (n for byte in sizes for n in (byte >> 4, byte & 15))
    for _ in range(content.number(4 if version == 2 else 2)):
        item = content.number(4 if version == 2 else 2)
        elsewhere = version > 0 and content.number(2) & 15
        content.take(2)
        origin = content.number(base)
        for _ in range(content.number(2) if offset + length else 0):
            content.take(index if version else 0)
            end = origin + content.number(offset) + content.number(length)
            yield item, 1 if elsewhere else end


def coded_items(content: Content, end: int) -> set[int]:
    """The numbers of the items in `iinf` that are coded pictures."""
    content.take(4 if content.number(4) >> 24 else 2)
    coded = set[int]()
    for kind, _, _ in boxes(content, end):
        version = content.number(4) >> 24 if kind == b"infe" else 0
        if version > 1:
            item = content.number(4 if version > 2 else 2)
            if content.take(6)[2:] == b"av01":
                coded.add(item)
    return coded
