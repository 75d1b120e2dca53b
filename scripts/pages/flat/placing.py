"""Where a line of a page may stand, given the lines above it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pages.flat.grammar import ROOT, Kinds, entries, takes, takes_value, under
from pages.flat.lines import Line

_STEP = 2  # columns from a key to what stands under it


@dataclass(frozen=True)
class Frame:
    """An object or a list that is still open. ``header``: the line that it stands under."""

    column: int
    header: int
    kinds: Kinds
    is_list: bool = False
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Place:
    """The place of a line: at ``column`` under ``header``, in the innermost of ``frames``
    unless it ``is_text``. ``last``: the place of the line above it.

    ``waits``: for a "child" or a "block" of these ``kinds``, which begin on the next line
    under ``line`` at ``indent``; or "text", where such a block may go on.
    """

    frames: tuple[Frame, ...] = (Frame(0, -1, ROOT),)
    column: int = 0
    header: int = -1
    is_text: bool = False
    waits: str = ""
    line: int = -1
    indent: int = 0
    kinds: Kinds = ()
    last: "Place | None" = None

    def trail(self) -> list["Place"]:
        """The places of all lines, up to this one."""
        found, place = [], self
        while place.last:
            found.append(place)
            place = place.last
        return found[::-1]

    def is_open(self, header: int, is_text: bool) -> bool:
        """Whether the next line, or a later one, can still stand under a line."""
        if is_text or (self.waits in ("child", "block") and self.line == header):
            return bool(self.waits) and self.line == header
        return any(frame.header == header for frame in self.frames)


def places(last: Place, number: int, line: Line) -> Iterator[Place]:
    """Every place of a line after the last one, by its syntax and OpenAPI's grammar."""
    if last.waits in ("block", "text"):
        yield replace(
            last, column=last.indent, header=last.line, is_text=True, waits="text", last=last
        )
    if last.waits == "block" or line.holds == "text":
        return
    is_list = line.dashes > 0
    ways: list[tuple[Frame, ...]] = []
    if last.waits != "child" or takes(last.kinds, "null"):
        depths = [depth for depth, frame in enumerate(last.frames, 1) if frame.is_list == is_list]
        ways = [last.frames[:depth] for depth in depths]
    if last.waits == "child" and takes(last.kinds, "array" if is_list else "object"):
        ways.append((*last.frames, Frame(last.indent, last.line, last.kinds, is_list)))
    # What an editor's key belongs to means nothing: the deepest leaves all others open.
    for frames in ways[-1:] if line.editors else ways:
        yield from _entered(Place(frames, last=last), number, line)


def _entered(place: Place, number: int, line: Line) -> Iterator[Place]:
    """The line as an entry of the innermost frame, if it can be one."""
    *outer, frame = place.frames
    column, header = frame.column, frame.header
    for dash in range(line.dashes, 0, -1):
        outer.append(frame)
        frame = Frame(frame.column + _STEP, number, entries(frame.kinds), is_list=dash > 1)
    kinds, indent = frame.kinds, frame.column
    if line.key is not None:
        if line.key in frame.keys and not line.editors:
            return
        outer.append(replace(frame, keys=frame.keys | {line.key}))
        kinds, indent = under(kinds, line.key), indent + _STEP
    if _takes(kinds, line):
        waits = line.holds if line.holds in ("child", "block") else ""
        yield Place(tuple(outer), column, header, False, waits, number, indent, kinds, place.last)


def _takes(kinds: Kinds, line: Line) -> bool:
    if line.holds == "value":
        return takes_value(kinds, line.data)
    return takes(kinds, "string") if line.holds == "block" else bool(kinds)
