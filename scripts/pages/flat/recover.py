"""Flattened YAML back into indented YAML, exactly or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pages.errors import PageError, UnreadableError
from pages.flat.folds import had_room, width
from pages.flat.lines import Line, lex
from pages.flat.readings import BestReading
from pages.flat.schemas import BREACH
from pages.flat.search import Search

# Shapes learnt in one pass (a component at the end of the page, a schema after
# its example) are used in the next.
_PASSES = 4
_MOST_LINES = 5_000
_PROSE = frozenset({"description", "summary", "title"})


@dataclass(frozen=True)
class Flat:
    """The lines of a flattened document and the page's line numbers they stand on."""

    lines: Sequence[str]
    numbers: Sequence[int]


def recover(flat: Flat) -> str:
    """The document as indented YAML; PageError names the line that stands in the way."""
    if len(flat.lines) > _MOST_LINES:
        raise PageError(f"more than {_MOST_LINES:,} lines without indentation")
    lines = [lex(index, text) for index, text in enumerate(flat.lines, 1)]
    try:
        found = _search(lines)
        _must_be_sure(lines, found)
        _must_keep_data(lines, found)
        _must_end(lines, found)
    except UnreadableError as error:
        number = flat.numbers[min(error.line, len(flat.numbers)) - 1]
        raise PageError(f"line {number}: {error.reason}") from None
    return "".join(
        " " * column + text + "\n" for column, text in zip(found.columns, flat.lines, strict=True)
    )


def _search(lines: Sequence[Line]) -> BestReading:
    found = Search(lines, {}, {}).run()
    for _ in range(_PASSES - 1):
        before = found
        components = {key: shape for key, shape in found.notes.items() if isinstance(key, str)}
        found = Search(lines, components, found.notes).run()
        if found.columns == before.columns and found.notes == before.notes:
            break
    return found


def _must_be_sure(lines: Sequence[Line], found: BestReading) -> None:
    """Refuse when another reading is as good, or when the best breaks a rule."""
    if found.tie:
        text = lines[found.tie - 1].text
        raise UnreadableError(found.tie, f"{text[:60]!r} may belong to more than one object")
    if found.by_folds and not _folds_are_regular(lines, found):
        text = lines[found.by_folds - 1].text
        raise UnreadableError(found.by_folds, f"{text[:60]!r} may belong to more than one object")
    if found.cost >= BREACH:
        raise UnreadableError(
            len(lines), "no reading of the page agrees with itself (is it cut off?)"
        )


def _folds_are_regular(lines: Sequence[Line], found: BestReading) -> bool:
    """Whether the page's texts are folded by the rule that the decision rests on."""
    folded = sum(_is_folded(line) for line in lines)
    return found.fold <= folded


def _is_folded(line: Line) -> bool:
    return line.value is not None and line.value.form == "block" and line.value.text[0] == ">"


def _must_keep_data(lines: Sequence[Line], found: BestReading) -> None:
    """Refuse a text that is not prose if its lost blank lines would have mattered.

    A description may change in white space; an example or an enum value may not.
    """
    index = 0
    while index < len(lines):
        end = index + 1
        while end < len(lines) and found.text[end]:
            end += 1
        if end > index + 1 and not (lines[index].key in _PROSE and _is_block(lines[index])):
            _must_be_one_paragraph(lines[index:end], found.columns[index + 1])
        index = end


def _must_end(lines: Sequence[Line], found: BestReading) -> None:
    """Refuse when what ends the page may not belong to its last text.

    Under a page stand lines of the site; an unknown one would be read as the end of
    a description. In a folded text it shows by being too long.
    """
    last = lines[-1]
    room = width(found.columns[-1])
    if found.text[-1] and len(last.text) > room and " " in last.text[:room]:
        raise UnreadableError(last.number, f"{last.text[:60]!r} may not belong to the document")


def _is_block(line: Line) -> bool:
    return line.value is not None and line.value.form == "block"


def _must_be_one_paragraph(lines: Sequence[Line], column: int) -> None:
    head, text = lines[0], [line.text for line in lines[1:]]
    if _is_block(head) and not _is_folded(head) and len(text) > 1:
        raise UnreadableError(head.number, f"{head.text!r}: blank lines of this text may be lost")
    for line, following in pairwise(lines[1:]):
        if had_room(line.text, following.text, column):
            raise UnreadableError(line.number, "a blank line after this line may be lost")
    if any(len(line) > width(column) and " " in line[: width(column)] for line in text):
        raise UnreadableError(
            head.number, f"{head.text!r}: the indentation inside this text is lost"
        )
