"""One difference, and how much it matters to a client."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from pages.errors import visible


class Grade(IntEnum):
    """How much a difference matters; the value is the exit code it leads to."""

    COSMETIC = 0
    COMPATIBLE = 1
    BREAKING = 2

    @property
    def word(self) -> str:
        """The name in small letters."""
        return self.name.lower()


class Side(StrEnum):
    """Which way the data goes: a client writes requests and reads responses."""

    REQUEST = "request"
    RESPONSE = "response"
    BOTH = "both"


MISSING = object()


@dataclass(frozen=True)
class Change:
    """One semantic difference.

    ``pointer``: JSON pointer into the new document, or into the old one for what was
    removed. ``old`` and ``new``: the values, MISSING where there is none.
    """

    grade: Grade
    side: Side
    pointer: str
    text: str
    old: Any = MISSING
    new: Any = MISSING

    def line(self) -> str:
        """The one line that reports it."""
        place = f"{self.grade.word:<10} {self.side.value:<8} {self.pointer}"
        return visible(f"{place}  {self.text}")


def verdict(changes: Iterable[Change]) -> Grade:
    """The gravest grade among the changes."""
    return max((change.grade for change in changes), default=Grade.COSMETIC)


def narrowed(side: Side) -> Grade:
    """The grade of accepting or giving less than before.

    A request that was fine may now be refused; an answer is still one of the old ones.
    """
    return Grade.BREAKING if side is Side.REQUEST else Grade.COMPATIBLE


def widened(side: Side) -> Grade:
    """The grade of accepting or giving more than before.

    Old requests still pass; an answer may now be one that no reader expected.
    """
    return Grade.COMPATIBLE if side is Side.REQUEST else Grade.BREAKING


def shown(value: Any) -> str:
    """A value as it stands in a report: short, on one line."""
    if value is MISSING:
        return "nothing"
    text = " ".join(repr(value).split()) if not isinstance(value, bool) else str(value).lower()
    return text if len(text) <= 80 else text[:77] + "..."
