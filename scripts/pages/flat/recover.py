"""Flattened YAML back into indented YAML, exactly or not at all.

A line that a sister has too stands where it stands there. For the others every place is
tried that YAML and OpenAPI allow, and the page is read if that gives one document that is
valid and that its examples fit. Which sister: the vendored documents, the most similar first.
"""

from collections.abc import Sequence
from contextlib import suppress

from pages.errors import INDENTED, PageError
from pages.flat.lines import Line, take_apart
from pages.flat.match import share
from pages.flat.reading import UnplacedError, read_beside
from pages.flat.sister import Sister

_MOST_LINES = 3_000
_ALIKE = 0.5  # of the page's lines; the pages of one template share far more


def recover(numbered: Sequence[tuple[int, str]], sisters: Sequence[str]) -> str:
    """The document in the page's lines, each with its number there, as indented YAML.

    Raises PageError: what stands in the way, and the way out.
    """
    page = [text for _, text in numbered]
    if len(page) > _MOST_LINES:
        raise PageError(f"more than {_MOST_LINES:,} lines without indentation", INDENTED)
    lines = [_taken_apart(*line) for line in numbered]
    problems = [PageError("its indentation is lost, no vendored document is like it", INDENTED)]
    for sister in _alike(page, sisters):
        try:
            return read_beside(lines, sister)
        except UnplacedError as error:
            problems.append(error.at(f"line {numbered[error.line][0]}"))
        except PageError as error:
            problems.append(error)
    raise problems[:2][-1]


def _taken_apart(number: int, text: str) -> Line:
    try:
        return take_apart(text)
    except PageError as error:
        reason = error.reason.removeprefix("line 1: ")  # the first of one
        raise PageError(f"line {number}: {reason}", error.way_out) from None


def _alike(page: Sequence[str], sisters: Sequence[str]) -> list[Sister]:
    """The sisters that share enough with the page, the most similar first."""
    found = []
    for text in sisters:
        with suppress(PageError):
            sister = Sister(text)
            found.append((share(page, sister), sister))
    found.sort(key=lambda pair: pair[0], reverse=True)
    return [sister for same, sister in found if same >= _ALIKE]
