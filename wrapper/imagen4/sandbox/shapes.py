"""The size of a picture, from whatever a model calls it: a ratio, a size, a word, a resolution."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

LONG_SIDE = 768
"""Pixels. A tenth of the gateways' pictures in bytes, large enough to look at."""
LARGEST = 4 * LONG_SIDE
FIELDS = ("aspect_ratio", "image_size", "size", "ratio")
"""Of 109 models most have the first, 13 the second; the others are there to be ready."""
TWO_NUMBERS = re.compile(r"(\d{1,5})\s*[:_x×*/]\s*(\d{1,5})", re.IGNORECASE)
PIXELS = 100
"""Two numbers from here on are a size; smaller ones are a ratio."""
RESOLUTION = re.compile(r"([1-9])\s*K", re.IGNORECASE)


def shape_of(inputs: Mapping[str, Any]) -> str:
    """What was asked for, as it was: `16:9`, `square_hd`, `auto`; empty where nothing was."""
    return next((_text(inputs[name]) for name in FIELDS if inputs.get(name)), _text(inputs))


def picture_size(inputs: Mapping[str, Any]) -> tuple[int, int]:
    """Width and height in exactly that ratio; square for words such as `auto`."""
    shape = shape_of(inputs)
    found = TWO_NUMBERS.search(shape)
    width, height = map(int, found.groups()) if found else (1, 1)
    if shape.startswith("portrait") and width > height:
        width, height = height, width
    if PIXELS <= width <= LARGEST and PIXELS <= height <= LARGEST:
        return width, height
    return _in_ratio(width, height, _long_side(inputs)) if width and height else (LONG_SIDE,) * 2


def _in_ratio(width: int, height: int, long_side: int) -> tuple[int, int]:
    """As large as that with whole pixels; what is too large for it is cut at the largest."""
    common = math.gcd(width, height)
    width, height = width // common, height // common
    scale = max(1, long_side // max(width, height))
    return min(width * scale, LARGEST), min(height * scale, LARGEST)


def _long_side(inputs: Mapping[str, Any]) -> int:
    """1K is the usual size, 2K and 4K are larger as they say."""
    found = RESOLUTION.match(str(inputs.get("resolution", "")))
    return min(LONG_SIDE * int(found[1]), LARGEST) if found else LONG_SIDE


def _text(value: Any) -> str:
    """A size may come as an object, or as two fields."""
    if hasattr(value, "get"):
        sides = value.get("width"), value.get("height")
        return "x".join(map(str, sides)) if all(sides) else ""
    return str(value)
