"""Which lines a page shares with its sister, and where they stand by that."""

from collections.abc import Hashable, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from pages.flat.lines import Line, take_apart
from pages.flat.placing import Place
from pages.flat.sister import ROOT, Sister


class Match:
    """``pairs``: the sister's line for each line of the page that is the same, but its value."""

    def __init__(self, lines: Sequence[Line], pairs: dict[int, int], sister: Sister) -> None:
        self.pairs = pairs
        self.sister = sister
        self._lines = lines
        self._find_headers()

    def _find_headers(self) -> None:
        here = {theirs: mine for mine, theirs in self.pairs.items()} | {ROOT: ROOT}
        # The page's line that each stands under, None if only the sister has that one.
        self._headers = {
            mine: here.get(self.sister.above[theirs])
            for mine, theirs in sorted(self.pairs.items())
            if not self._lines[mine].editors
        }

    def has(self, number: int) -> bool:
        """Whether the sister has this line in a text, too."""
        return number in self.pairs and self._is_text(number)

    def drop(self, number: int) -> None:
        """Forget a line that is the same by chance."""
        del self.pairs[number]
        self._find_headers()

    def kept(self, number: int, ways: list[Place]) -> list[Place]:
        """The ways in which this line stands where the sister has it, and the next one can."""
        if number in self._headers:
            ways = [place for place in ways if self._is_like(place, number)]
        coming = next((other for other in self._headers if other > number), ROOT)
        header = self._headers.get(coming)
        if header is not None and header <= number:
            is_text = self._is_text(coming)
            ways = [place for place in ways if place.is_open(header, is_text=is_text)] or ways
        return ways

    def _is_like(self, place: Place, number: int) -> bool:
        header = self._headers[number]
        same = place.header == header if header is not None else place.header not in self.pairs
        return same and place.is_text == self._is_text(number)

    def _is_text(self, number: int) -> bool:
        return self.sister.is_text[self.pairs[number]]


def share(page: Sequence[str], sister: Sister) -> float:
    """How much of a page stands in the sister, from 0 to 1."""
    return len(_pairs(page, sister.lines)) / len(page)


def matches(lines: Sequence[Line], sister: Sister) -> list[Match]:
    """The lines in common, matched as early and as late in the sister as can be.

    Where lines repeat the two differ, and what is read has to be the same with both.
    """
    page = [line.text for line in lines]
    pairs = _pairs(page, sister.lines)
    early = _early(pairs, page, sister.lines)
    late = _turned(
        _early(_turned(pairs, lines, sister), page[::-1], sister.lines[::-1]), lines, sister
    )
    return [Match(lines, both | _changed(lines, sister, both), sister) for both in (early, late)]


def _early(pairs: dict[int, int], page: list[str], lines: list[str]) -> dict[int, int]:
    found, before = {}, -1
    for mine in sorted(pairs):
        found[mine] = before = lines.index(page[mine], before + 1)
    return found


def _turned(pairs: dict[int, int], lines: Sequence[Line], sister: Sister) -> dict[int, int]:
    last, their_last = len(lines) - 1, len(sister.lines) - 1
    return {last - mine: their_last - theirs for mine, theirs in pairs.items()}


def _changed(lines: Sequence[Line], sister: Sister, pairs: dict[int, int]) -> dict[int, int]:
    """Between the lines in common, those that only have another value."""
    found = {}
    ends = [(-1, -1), *sorted(pairs.items()), (len(lines), len(sister.lines))]
    for (mine, theirs), (my_end, their_end) in pairwise(ends):
        own = [_key(line) or ("mine", n) for n, line in enumerate(lines[mine + 1 : my_end])]
        others = [
            (not sister.is_text[n] and _key(take_apart(sister.lines[n]))) or ("theirs", n)
            for n in range(theirs + 1, their_end)
        ]
        for a, b in _pairs(own, others).items():
            found[mine + 1 + a] = theirs + 1 + b
    return found


def _key(line: Line) -> tuple[int, str, str] | None:
    return (line.dashes, line.key, line.holds) if line.key and line.holds != "text" else None


def _pairs(page: Sequence[Hashable], lines: Sequence[Hashable]) -> dict[int, int]:
    blocks = SequenceMatcher(None, page, lines, autojunk=False).get_matching_blocks()
    return {block.a + n: block.b + n for block in blocks for n in range(block.size)}
