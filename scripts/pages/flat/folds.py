"""Where a text was wrapped tells how far it was indented.

The writers of these pages (js-yaml, on Mintlify and on Apidog alike) fold text
at column 80, but never to less than 40 characters: on every page seen, a folded
line is as long as its indentation allows. So a line that is too long for a depth,
or a break where the next word had room, speaks against that depth. It is weighed
only after everything the grammar says.
"""

from collections.abc import Sequence
from itertools import pairwise

_COLUMNS = 80
_NARROWEST = 40


def width(column: int) -> int:
    """How many characters a folded line may have when its text starts at ``column``."""
    return max(_NARROWEST, _COLUMNS - column)


def fold_cost(lines: Sequence[str], column: int) -> int:
    """How much the line breaks of a folded text speak against starting at ``column``."""
    room = width(column)
    too_long = sum(len(line) > room and " " in line[: room + 1].strip() for line in lines)
    breaks = list(pairwise(lines))
    loose = sum(had_room(first, then, column) and _goes_on(then) for first, then in breaks)
    folded = any(not had_room(first, then, column) for first, then in breaks)
    wide = folded or any(len(line) > room for line in lines)
    return 2 * too_long + loose + (0 if wide else 3)


def had_room(line: str, following: str, column: int) -> bool:
    """Whether the first word of the following line would have fitted on this one."""
    word = following.split(" ", 1)[0]
    return len(line) + 1 + len(word) <= width(column)


def _goes_on(line: str) -> bool:
    """Whether a line reads as the middle of a sentence."""
    return line[:1].islower() or line[:1] in ",;)"


def inline_cost(text: str, column: int) -> int:
    """How much a text on its key's line speaks against a value at ``column``."""
    return 2 if len(text) > width(column) else 0
