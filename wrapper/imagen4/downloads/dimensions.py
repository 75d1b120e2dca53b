"""How many pixels a whole picture has, read off its structure."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from .boxes import boxes
from .content import Content
from .whole import next_mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Pixels = tuple[int, int]

# JPEG: the marks from C0 to CF are frames, which say how large they are; these are none.
_NO_FRAMES = (0xC4, 0xC8, 0xCC)


def pixels_of(suffix: str, file: BinaryIO) -> Pixels | None:
    """Width and height; None where the file does not say."""
    try:
        found = _READERS[suffix](Content(file, checksums=False))
    except EOFError:
        return None
    return found if all(found) else None


def png_pixels(content: Content) -> Pixels:
    content.go(16)
    return content.number(4), content.number(4)


def jpeg_pixels(content: Content) -> Pixels:
    content.go(2)
    while not 0xC0 <= (mark := next_mark(content)) <= 0xCF or mark in _NO_FRAMES:
        content.go(content.place + content.number(2))
    content.take(3)
    height, width = content.number(2), content.number(2)
    return width, height


def gif_pixels(content: Content) -> Pixels:
    content.go(6)
    return little(content, 2), little(content, 2)


def webp_pixels(content: Content) -> Pixels:
    """By the frame of a plain picture, by the head of an extended one."""
    content.go(12)
    kind = content.take(8)[:4]
    if kind == b"VP8X":
        content.take(4)
        return little(content, 3) + 1, little(content, 3) + 1
    if kind == b"VP8L":
        content.take(1)
        bits = little(content, 4)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    content.take(6)
    return little(content, 2) & 0x3FFF, little(content, 2) & 0x3FFF


def avif_pixels(content: Content) -> Pixels:
    """The largest that is described; the others are its tiles and its thumbnail."""
    return max(item_pixels(content, content.size, (b"meta", b"iprp", b"ipco")), default=(0, 0))


def item_pixels(content: Content, end: int, path: tuple[bytes, ...]) -> Iterator[Pixels]:
    """The sizes (`ispe`) in boxes inside of one another."""
    for kind, stop, _ in boxes(content, end):
        if not path and kind == b"ispe":
            content.take(4)
            yield content.number(4), content.number(4)
        elif path and kind == path[0]:
            content.take(4 if kind == b"meta" else 0)
            yield from item_pixels(content, stop, path[1:])


def little(content: Content, count: int) -> int:
    return int.from_bytes(content.take(count), "little")


_READERS: dict[str, Callable[[Content], Pixels]] = {
    ".png": png_pixels,
    ".jpg": jpeg_pixels,
    ".gif": gif_pixels,
    ".webp": webp_pixels,
    ".avif": avif_pixels,
}
