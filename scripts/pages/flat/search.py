"""Find the nesting of flattened lines: the cheapest reading, and whether it is alone.

Line by line, every reading within a budget is kept with what it costs (breaches of
the grammar's rules, lines taken for text although they could be structure). Where
two leave the same things open, the cheaper one goes on, and remembers the line if
the other was as good. When no reading is left, the search starts again with a larger
budget. Whether the answer can be trusted is for `recover` to decide.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from urllib.parse import unquote

from pages.errors import UnreadableError
from pages.flat.folds import fold_cost
from pages.flat.grammar import WORDS
from pages.flat.habits import may_go_on
from pages.flat.lines import Line, lex
from pages.flat.placing import Place, Placing
from pages.flat.readings import BestReading, Learnt, Reading, Trace, join, unrolled
from pages.flat.schemas import BREACH
from pages.flat.shapes import Shape
from pages.flat.stack import Node, Stack

# What a reading may cost, tried in this order until one is found: few readings
# are cheap, and a dearer one cannot win once a cheaper is found.
_BUDGETS = (0, 1, 2, 3, 4, 6, 8, 12, 20)
# Readings kept at a line, and nodes made in one pass: bounds on time and memory.
# Pages that can be read stay far below.
_MOST = 4000
_WORK = 60_000
# What it costs to take a line for text that could be structure: a key that the
# grammar names, or one that may have any name.
_KNOWN_KEY = 3
_FREE_NAME = 1


class Search:
    """One pass over the lines, with what earlier passes learnt."""

    def __init__(
        self,
        lines: Sequence[Line],
        components: Mapping[str, Shape],
        hints: Mapping[object, Shape],
    ) -> None:
        self._lines = lines
        self._stack = Stack(components, _references(lines))
        self._hints = hints
        marks = (line.text.startswith("```") for line in lines)
        self._fences = [0, *accumulate(marks)]
        self._traces: dict[tuple[int, int, bool], Trace] = {}

    def run(self) -> BestReading:
        """The best reading of all lines; UnreadableError has the line that fits nowhere."""
        furthest = 0
        for budget in _BUDGETS:
            reached, found = self._within(budget)
            if found is not None:
                return found
            furthest = max(furthest, reached)
        line = self._lines[min(furthest, len(self._lines) - 1)]
        if furthest == len(self._lines):
            raise UnreadableError(line.number, "the page ends before the document is complete")
        raise UnreadableError(
            line.number, f"{_shortened(line.text)} fits nowhere in an OpenAPI document"
        )

    def _within(self, budget: int) -> tuple[int, BestReading | None]:
        """The best reading that costs no more than this, or how many lines one could read."""
        root = self._stack.make("map", "root", 0, None)
        readings = {root.key: Reading(root, 0, 0, None)}
        for index in range(len(self._lines)):
            readings = self._step(readings, index, budget)
            if not readings:
                return index, None
        return len(self._lines), self._best(readings, budget)

    def _step(self, readings: dict[int, Reading], index: int, budget: int) -> dict[int, Reading]:
        line = self._lines[index]
        following = self._lines[index + 1] if index + 1 < len(self._lines) else None
        placing = Placing(self._stack, self._hints, following)
        found: dict[int, Reading] = {}
        for reading in readings.values():
            for successor in self._successors(reading, line, index, placing):
                if successor.cost <= budget:
                    join(found, successor, line.number)
        if len(found) > _MOST or self._stack.work > _WORK:
            raise UnreadableError(
                line.number, "there are too many ways to read the page up to here"
            )
        return found

    def _successors(
        self, reading: Reading, line: Line, index: int, placing: Placing
    ) -> Iterator[Reading]:
        node = reading.node
        if node.role == "open":
            yield from self._in_open(reading, index)
        elif node.role in ("text", "plain"):
            yield from self._in_text(reading, line, index, placing)
        else:
            for place in placing.places(node, line):
                yield self._placed(reading, place)

    def _placed(self, reading: Reading, place: Place, fold: int = 0, cost: int = 0) -> Reading:
        learnt = reading.learnt
        for note in place.notes:
            learnt = Learnt(learnt, note)
        return replace(
            reading,
            node=place.node,
            cost=reading.cost + place.cost + cost,
            fold=reading.fold + place.fold + fold,
            trace=self._trace(reading.trace, place.column, text=False),
            learnt=learnt,
        )

    def _trace(self, before: Trace | None, column: int, *, text: bool) -> Trace:
        key = (id(before), column, text)
        trace = self._traces.get(key)
        if trace is None:
            trace = self._traces[key] = Trace(before, column, text)
        return trace

    def _in_text(
        self, reading: Reading, line: Line, index: int, placing: Placing
    ) -> Iterator[Reading]:
        node = reading.node
        begun = node.role == "plain" or index > node.line
        fenced = node.role == "text" and (self._fences[index] - self._fences[node.line]) % 2 == 1
        places = placing.places(_parent(node), line) if begun and not fenced else []
        if node.role == "text" or may_go_on(line):
            before = self._lines[index - 1].text if index > node.line else ""
            swallowed = 0 if fenced else _swallowing(node, before, line, places)
            yield replace(
                reading,
                cost=reading.cost + swallowed,
                trace=self._trace(reading.trace, node.column, text=True),
            )
        if places:
            fold = self._fold(node, [other.text for other in self._lines[node.line : index]])
            for place in places:
                yield self._placed(reading, place, fold)

    def _fold(self, node: Node, text: Sequence[str]) -> int:
        if node.role != "text" or not text:
            return 0
        header = self._lines[node.line - 1].value
        folded = header is not None and header.text.startswith(">")
        return fold_cost(text, node.column) if folded else 0

    def _in_open(self, reading: Reading, index: int) -> Iterator[Reading]:
        node = reading.node
        first = self._lines[node.line - 1].value
        text = [first.text if first else ""]
        text += [other.text for other in self._lines[node.line : index + 1]]
        closed = _closes(text)
        after = _parent(node) if closed else node
        yield replace(reading, node=after, trace=self._trace(reading.trace, node.column, text=True))

    def _best(self, readings: dict[int, Reading], budget: int) -> BestReading | None:
        ended: dict[int, Reading] = {}
        last = self._lines[-1].number
        end = self._stack.make("map", "end", 0, None)
        for reading in readings.values():
            if reading.node.role != "open":
                join(ended, replace(self._finish(reading), node=end), last)
        best = next(iter(ended.values()), None)
        return unrolled(best) if best is not None and best.cost <= budget else None

    def _finish(self, reading: Reading) -> Reading:
        node, cost, learnt = reading.node, reading.cost, reading.learnt
        text = [line.text for line in self._lines[node.line :]] if node.role == "text" else []
        fold = self._fold(node, text)
        while node.parent is not None:
            node, extra, note = self._stack.close(node)
            cost += extra
            learnt = Learnt(learnt, note) if note else learnt
        cost += self._stack.finish(node)
        return replace(reading, node=node, cost=cost, fold=reading.fold + fold, learnt=learnt)


def _parent(node: Node) -> Node:
    if node.parent is None:
        raise ValueError("a text stands under a key")
    return node.parent


def _references(lines: Sequence[Line]) -> frozenset[str]:
    """What the lines refer to, wherever they belong."""
    return frozenset(
        unquote(str(line.value.data))
        for line in lines
        if line.key == "$ref" and line.value is not None and line.value.form == "scalar"
    )


def _swallowing(node: Node, before: str, line: Line, places: Iterable[Place]) -> int:
    """What it costs to take a line for text that could stand somewhere as structure."""
    structural = [place for place in places if place.sure and place.cost < BREACH]
    introduced = before.endswith(":")
    listed = line.dashes > 0 and node.parent is not None and node.parent.role == "seq"
    if node.role == "plain":
        return _KNOWN_KEY if structural else 0
    if introduced or listed or _reads_as_heading(line):
        return 0
    if not structural:
        return _FREE_NAME if line.key in WORDS and line.value is not None else 0
    return _KNOWN_KEY if any(place.fixed for place in structural) else _FREE_NAME


def _closes(text: Sequence[str]) -> bool:
    value = lex(0, "x: " + " ".join(text)).value
    return value is not None and value.form != "open"


def _reads_as_heading(line: Line) -> bool:
    """Whether a line is a word of a text rather than a name: ``Note:``, ``Get a key:``."""
    if line.key is None or line.dashes or line.value is None or line.value.form != "empty":
        return False
    return line.key[:1].isupper() or " " in line.key


def _shortened(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
