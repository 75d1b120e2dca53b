"""Readings of flattened lines: what each costs, and how two are joined."""

from dataclasses import dataclass, replace

from pages.flat.shapes import Shape
from pages.flat.stack import Node, Note


@dataclass(frozen=True, eq=False, slots=True)
class Trace:
    """The columns chosen so far, newest first. ``text``: inside a block scalar."""

    before: "Trace | None"
    column: int
    text: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Learnt:
    """The notes taken so far, newest first."""

    before: "Learnt | None"
    note: Note


@dataclass(frozen=True, eq=False, slots=True)
class Rival:
    """Two ways to come to the same open things at a line."""

    line: int
    one: Trace | None
    other: Trace | None


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the lines so far.

    ``tie``: where it was joined with an equally good one, None if nowhere.
    ``by_folds``: the same for a reading that only line lengths spoke against.
    """

    node: Node
    cost: int
    fold: int
    trace: Trace | None
    learnt: Learnt | None = None
    tie: Rival | None = None
    by_folds: Rival | None = None


@dataclass(frozen=True)
class BestReading:
    """The best reading: a column for each line, and what was learnt on the way."""

    columns: list[int]
    text: list[bool]
    notes: dict[object, Shape]
    cost: int
    fold: int
    tie: int
    by_folds: int


def join(found: dict[int, Reading], reading: Reading, number: int) -> None:
    """Keep the cheaper of two readings that leave the same things open."""
    key = reading.node.key
    other = found.get(key)
    if other is None:
        found[key] = reading
        return
    if reading.trace is other.trace:
        return
    mine, theirs = (reading.cost, reading.fold), (other.cost, other.fold)
    if mine == theirs:
        if other.tie is None:
            found[key] = replace(other, tie=Rival(number, other.trace, reading.trace))
        return
    best, worse = (reading, other) if mine < theirs else (other, reading)
    if best.cost == worse.cost:
        rival = Rival(number, best.trace, worse.trace)
        best = replace(best, by_folds=best.by_folds or rival)
    found[key] = best


def _differs(rival: Rival | None) -> int:
    """The first line (from 1) at which a reading and its rival part; 0 without a rival."""
    if rival is None:
        return 0
    one, other = rival.one, rival.other
    line, first = rival.line, rival.line
    while one is not other and one is not None and other is not None:
        if one.column != other.column or one.text != other.text:
            first = line
        one, other, line = one.before, other.before, line - 1
    return first


def unrolled(reading: Reading) -> BestReading:
    """A complete reading as columns and notes."""
    columns, text, notes = [], [], {}
    trace, learnt = reading.trace, reading.learnt
    while trace is not None:
        columns.append(trace.column)
        text.append(trace.text)
        trace = trace.before
    while learnt is not None:
        notes[learnt.note[0]] = learnt.note[1]
        learnt = learnt.before
    return BestReading(
        columns[::-1],
        text[::-1],
        notes,
        reading.cost,
        reading.fold,
        _differs(reading.tie),
        _differs(reading.by_folds),
    )
