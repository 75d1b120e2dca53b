"""Which lines a page shares with its sister, and where they stand by that."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from pages.flat.lines import Line
from pages.flat.placing import Place
from pages.flat.sister import ROOT, Sister


class Match:
    """``pairs``: the sister's line for each line of the page that is the same."""

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
    return [Match(lines, pairs, sister) for pairs in (_pairs(page, sister.lines), turned)]


def _pairs(page: Sequence[str], lines: Sequence[str]) -> dict[int, int]:
    blocks = SequenceMatcher(None, page, lines, autojunk=False).get_matching_blocks()
    return {block.a + n: block.b + n for block in blocks for n in range(block.size)}
