"""Differences in words: what no machine judges is shown, and a number in it raises the grade."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher

from differences.change import Change, Grade, Side, shown

# What people are told: a limit or a price may stand there and nowhere else.
_TELLING = ("description", "summary")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_MOST_WORDS = 500  # that are compared one by one
_MOST_PLACES = 3
_MOST_TOLD = 160
_BEFORE = 2  # words, for people to know what a number is of


def words_changed(key: str, before: object, after: object, side: Side, pointer: str) -> Change:
    """The change of a keyword that holds words, each side as JSON: what it was and what it is."""
    old, new = _text(before), _text(after)
    return _changed(key, old, new, side, pointer, telling=key in _TELLING)


def compare_around(old: str, new: str) -> Iterator[Change]:
    """What changed in words beside what is compared; where a page has none, nobody can say."""
    if old and new and old.split() != new.split():
        what = "the page's other words"
        yield _changed(what, old, new, Side.BOTH, "", telling=True)


def _changed(what: str, old: str, new: str, side: Side, pointer: str, *, telling: bool) -> Change:
    numbers = [Counter(_NUMBER.findall(text)) for text in (old, new)]
    counts = telling and old and new and numbers[0] != numbers[1]
    grade = Grade.COMPATIBLE if counts else Grade.COSMETIC
    told = _places(old.split(), new.split()) if old and new else ""
    text = f"{what} changed{', a number in it' if counts else ''}{told and ': '}{told}"
    return Change(grade, side, pointer, text)


def _text(said: object) -> str:
    """The words that are said, one text or several; nothing of what is no text."""
    said = said if isinstance(said, list) else [said]
    values = [json.loads(str(each)) for each in said if each]
    return " ".join(values) if all(isinstance(value, str) for value in values) else ""


def _places(old: list[str], new: list[str]) -> str:
    """The first places where two texts differ, and what stands there, after the words before it."""
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    left, right = old[start : len(old) - end], new[start : len(new) - end]
    steps = [("replace", 0, len(left), 0, len(right))]
    if len(left) + len(right) <= _MOST_WORDS:
        found = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
        steps = [step for step in found if step[0] != "equal"]
    places = [
        f"{_said(old, start, a, b)} → {_said(new, start, c, d)}"
        for _, a, b, c, d in steps[:_MOST_PLACES]
    ]
    told = "; ".join(places)
    cut = len(told) > _MOST_TOLD or len(steps) > len(places)
    return f"{told[:_MOST_TOLD]} …" if cut else told


def _alike(old: list[str], new: list[str]) -> int:
    """How many words are the same at the start."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(old), len(new)))


def _said(words: list[str], start: int, first: int, last: int) -> str:
    return shown(" ".join(words[max(0, start + first - _BEFORE) : start + last]))
