"""What kind of picture a file holds, and whether it holds all of it."""

from __future__ import annotations

import os
import re
from typing import BinaryIO

HEAD = 16  # bytes that tell what kind of picture it is
TAIL = 64  # bytes in which a picture's end stands; some writers put a little after it
_KINDS = re.compile(
    rb"(\x89PNG\r\n\x1a\n)|(\xff\xd8\xff)|(RIFF....WEBP)|(GIF8[79]a)|(....ftypavif)", re.DOTALL
)
_SUFFIXES = (".png", ".jpg", ".webp", ".gif", ".avif")
_ENDS = {".png": b"IEND\xaeB`\x82", ".jpg": b"\xff\xd9"}


def suffix_of(head: bytes) -> str | None:
    """The suffix of the kind of picture that begins like this; None for anything else."""
    kind = _KINDS.match(head)
    return _SUFFIXES[(kind.lastindex or 0) - 1] if kind else None


def is_whole(suffix: str, file: BinaryIO) -> bool:
    """Whether the file holds a whole picture of that kind, by its own marks."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(HEAD)
    if suffix == ".webp":
        return size >= 8 + int.from_bytes(head[4:8], "little")
    if suffix == ".avif":
        return boxes_end(file, size)
    file.seek(max(0, size - TAIL))
    tail = file.read()
    return tail.endswith(b";") if suffix == ".gif" else _ENDS[suffix] in tail


def boxes_end(file: BinaryIO, size: int) -> bool:
    """Whether an ISO media file (AVIF) has its data, and ends where its last box does."""
    at, data = 0, False
    while at < size:
        file.seek(at)
        head = file.read(HEAD)
        length = int.from_bytes(head[:4]) or size - at  # 0 says "to the end of the file"
        length = int.from_bytes(head[8:]) if length == 1 else length  # 1 says "see there"
        data = data or head[4:8] == b"mdat"
        at += max(length, 8)
    return data and at == size
