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
    """The lines in common, found from the top and from the bottom.

    Where lines repeat the two differ, and what is read has to be the same with both.
    """
    page = [line.text for line in lines]
    back = _pairs(page[::-1], sister.lines[::-1])
    last, their_last = len(page) - 1, len(sister.lines) - 1
    turned = {last - mine: their_last - theirs for mine, theirs in back.items()}
    found = (_pairs(page, sister.lines), turned)
    return [Match(lines, pairs | _changed(lines, sister, pairs), sister) for pairs in found]


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
