"""The white space inside texts, which a flattened page has lost.

A description may change in white space; an example may not. So either the sister has
every line of it, and its white space is taken, or it is one folded paragraph, which shows
by the length of its lines: the sites fold at column 80, and never under 40 characters.
"""

from collections.abc import Sequence

from pages.flat.lines import Line
from pages.flat.match import Match
from pages.flat.placing import Place

_PROSE = frozenset(("description", "summary", "title"))
_COLUMNS, _NARROWEST = 80, 40


def spaces(
    lines: Sequence[Line], trail: Sequence[Place], match: Match
) -> tuple[dict[int, str], str]:
    """The white space before lines of texts that are data, and the head of one without."""
    texts: dict[int, list[int]] = {}
    for number, place in enumerate(trail):
        head = lines[place.header]
        if place.is_text and head.key not in _PROSE and not head.editors:
            texts.setdefault(place.header, []).append(number)
    found: dict[int, str] = {}
    lost = ""
    for header, text in texts.items():
        theirs = [match.pairs.get(number, -1) for number in text]
        if match.sister.text_under(match.sister.above[theirs[0]]) == theirs:
            found |= {n: match.sister.space[line] for n, line in zip(text, theirs, strict=True)}
        elif not _is_paragraph([lines[n].text for n in (header, *text)], trail[text[0]].column):
            lost = lines[header].text
    return found, lost


def _is_paragraph(texts: list[str], column: int) -> bool:
    head, *shown = texts
    width = max(_NARROWEST, _COLUMNS - column)
    words = [line.split(" ", 1)[0] for line in shown]
    had_room = any(
        len(line) + 1 + len(word) <= width for line, word in zip(shown, words[1:], strict=False)
    )
    too_long = any(len(line) > width and " " in line[:width] for line in shown)
    return len(shown) == 1 or (">" in head[-3:] and not had_room and not too_long)
