"""What an answer says of the bytes that it holds: how many, and from where on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_LENGTH = re.compile("[0-9]{1,18}")
_RANGE = re.compile(r"bytes ([0-9]{1,12})-[0-9]{1,12}/([0-9]{1,12}|\*)")


class Part(NamedTuple):
    """Of a whole that has `total` bytes, where that is said."""

    start: int
    total: int | None


def part_in(headers: Mapping[str, str]) -> Part | None:
    """None where nothing is said of it, or nothing that can be read."""
    found = _RANGE.fullmatch(headers.get("content-range", ""))
    return found and Part(int(found[1]), None if found[2] == "*" else int(found[2]))


def total_in(headers: Mapping[str, str]) -> int | None:
    """How many bytes the whole has, where that is said.

    A length beside chunks is none of theirs (RFC 9112, section 6.3).
    """
    part = part_in(headers)
    if part is not None:
        return part.total
    length = "" if "transfer-encoding" in headers else headers.get("content-length", "")
    return int(length) if _LENGTH.fullmatch(length) else None
