"""The ways to read a flattened page with a sister at its side."""

from collections.abc import Sequence
from dataclasses import dataclass

from pages.check import must_be_openapi
from pages.conform import unnamed_keys
from pages.errors import INDENTED, PageError
from pages.flat.grammar import names
from pages.flat.lines import Line
from pages.flat.match import Match, matches
from pages.flat.placing import Place, places
from pages.flat.sister import Sister
from pages.flat.spacing import spaces
from pages.normalise import normalise, shapes
from pages.yamltext import Document, load_yaml

Layout = tuple[tuple[int, bool], ...]
_MOST_WAYS = 64


class UnplacedError(PageError):
    """A line that has no place or several; ``line`` counts from 0 in the document."""

    def __init__(self, line: int, lines: Sequence[Line], reason: str) -> None:
        super().__init__(f"{lines[line].text[:60]!r} {reason}", INDENTED)
        self.line = line


@dataclass(frozen=True)
class Reading:
    """A document out of the page. ``layout``: the column of each line, and whether it is text.

    ``lost``: the head of a text that is data and whose white space is not known, if any.
    ``stray``: the first line of a text that may be a key after all, if any.
    """

    layout: Layout
    text: str
    document: Document
    lost: str
    stray: int | None


def read_beside(lines: Sequence[Line], sister: Sister) -> str:
    """The text of the only reading there is; PageError says why there is none, or two."""
    ways: dict[Layout, Reading] = {}
    for match in matches(lines, sister):
        for last in _ways(lines, match):
            reading = _reading(lines, last.trail(), match)
            if reading and (reading.layout not in ways or ways[reading.layout].lost):
                ways[reading.layout] = reading
    found: list[Reading] = []
    for reading in ways.values():
        if all(reading.document != other.document for other in found):
            found.append(reading)
    best = _habitual(found, sister) or _only_valid(found, lines)
    if best.lost:
        raise PageError(f"the white space under {best.lost[:60]!r} may be lost", INDENTED)
    if best.stray is not None:
        raise UnplacedError(best.stray, lines, "may be no text, but a key that is missing there")
    return best.text


def _habitual(found: Sequence[Reading], sister: Sister) -> Reading | None:
    """The one reading whose objects have their keys in an order that the sister knows.

    It counts only against readings that take its keys for more of the text above them.
    """
    usual = [reading for reading in found if shapes(reading.document) <= sister.shapes]
    if len(usual) != 1:
        return None
    others = [reading for reading in found if reading is not usual[0]]
    lines = [_parting(usual[0], other) for other in others]
    are_text = [other.layout[line][1] for other, line in zip(others, lines, strict=True)]
    return usual[0] if all(are_text) else None


def _only_valid(found: Sequence[Reading], lines: Sequence[Line]) -> Reading:
    valid, problem = [], PageError("no reading of the page is a document", INDENTED)
    for reading in found:
        try:
            must_be_openapi(reading.document)
            valid.append(reading)
        except PageError as error:
            problem = error
    if not valid:
        raise problem
    valid.sort(key=lambda reading: unnamed_keys(reading.document))
    best = valid[0]
    for other in valid[1:]:
        # Names speak for an object, never for a text: an example may have more than its schema.
        same_texts = [is_text for _, is_text in best.layout] == [
            is_text for _, is_text in other.layout
        ]
        if not same_texts or unnamed_keys(best.document) == unnamed_keys(other.document):
            line = _parting(best, other)
            raise UnplacedError(line, lines, "may belong to more than one object")
    return best


def _parting(one: Reading, other: Reading) -> int:
    """The first line that two readings place differently."""
    same = [mine == theirs for mine, theirs in zip(one.layout, other.layout, strict=True)]
    return same.index(False)


def _ways(lines: Sequence[Line], match: Match) -> list[Place]:
    """Each way to place the lines, as the place of the last one."""
    ways = None
    while ways is None:
        ways = _tried(lines, match)
    last = len(lines) - 1
    if last not in match.pairs and any(place.is_text for place in ways):
        # Under a page stand lines of the site, which are none of the text that ends it.
        raise UnplacedError(last, lines, "may not belong to the document")
    return [place for place in ways if place.waits in ("", "text")]


def _tried(lines: Sequence[Line], match: Match) -> list[Place] | None:
    """The ways, or None if a line cannot stand where the sister has it: it is dropped."""
    ways = [Place()]
    for number, line in enumerate(lines):
        after = [place for last in ways for place in places(last, number, line)]
        if not after:
            raise UnplacedError(number, lines, "has no place here")
        ways = match.kept(number, after)
        if not ways:
            match.drop(number)
            return None
        if len(ways) > _MOST_WAYS:
            raise UnplacedError(number, lines, "can be read in too many ways")
    return ways


def _reading(lines: Sequence[Line], trail: Sequence[Place], match: Match) -> Reading | None:
    """What comes out of a way, if it is YAML."""
    space, lost = spaces(lines, trail, match)
    text = "".join(
        _written(line, place, space.get(number, ""))
        for number, (line, place) in enumerate(zip(lines, trail, strict=True))
        if not (lines[place.header] if place.is_text else line).editors
    )
    try:
        document = load_yaml(text)
    except PageError:
        return None
    normalise(document)
    layout = tuple((place.column, place.is_text) for place in trail)
    return Reading(layout, text, document, lost, _stray(lines, trail, match))


def _stray(lines: Sequence[Line], trail: Sequence[Place], match: Match) -> int | None:
    """The first new line of a text that reads as a key which the object around it lacks.

    Where lines of a page were lost or joined, those after them end in the text before.
    """
    keys = {(frame.header, frame.column): frame.keys for at in trail for frame in at.frames}
    for number, (line, place) in enumerate(zip(lines, trail, strict=True)):
        frame = place.frames[-1]
        missing = line.key not in keys[frame.header, frame.column]
        if place.is_text and missing and names(frame.kinds, line.key) and not match.has(number):
            return number
    return None


def _written(line: Line, place: Place, space: str) -> str:
    blank_lines = "\n" * space.count("\n")
    return blank_lines + " " * (place.column + len(space) - len(blank_lines)) + line.text + "\n"
