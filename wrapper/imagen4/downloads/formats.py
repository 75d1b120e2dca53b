"""What kind of picture a file holds, by its first bytes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HEAD = 64  # bytes that tell what kind of picture it is; an AVIF lists its brands in them
SHORTEST = 12  # fewer say nothing yet
_KINDS = re.compile(
    rb"(\x89PNG\r\n\x1a\n)|(\xff\xd8\xff)|(RIFF....WEBP)|(GIF8[79]a)|(....ftyp)", re.DOTALL
)
CONTENT_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".avif": "image/avif",
}
_SUFFIXES = tuple(CONTENT_TYPES)
_ALIASES = {".jpeg": ".jpg"}
_AVIF = (b"avif", b"avis")


def suffix_of(head: bytes) -> str | None:
    """The suffix of the kind of picture that begins like this; None for anything else."""
    kind = _KINDS.match(head)
    if kind is None or (kind[5] and not is_avif(head)):
        return None
    return _SUFFIXES[(kind.lastindex or 0) - 1]


def suffix_said_by(path: Path) -> str | None:
    """The suffix of the kind of picture that a name promises; None if it promises none."""
    suffix = path.suffix.lower()
    suffix = _ALIASES.get(suffix, suffix)
    return suffix if suffix in CONTENT_TYPES else None


def is_avif(head: bytes) -> bool:
    """Whether an ISO media file is one: by its own brand, or by one it is compatible with."""
    brands = head[8 : int.from_bytes(head[:4])]
    return any(brands[at : at + 4] in _AVIF for at in range(0, len(brands), 4) if at != 4)
