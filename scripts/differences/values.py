"""Differences between the values that two schemas allow: type, enum, bounds, format, default.

One rule decides nearly everything: to take less in a request breaks callers, to
give more in a response breaks readers.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import chain
from typing import Any

from differences.change import MISSING, Change, Grade, Side, narrowed, shown, verdict, widened
from differences.dialect import ANY, FROM, SPOKEN_OF
from differences.places import canonical
from differences.views import View

_STRICT = {"maximum": "exclusiveMaximum", "minimum": "exclusiveMinimum"}
_PLAIN = (
    *("maxLength", "maxItems", "maxProperties", "maxContains"),
    *("minLength", "minItems", "minProperties", "minContains"),
)
_NARROWER = {"int64": "int32", "double": "float", "uri-reference": "uri", "iri": "uri"}
BOUNDS = (*_STRICT, *_STRICT.values(), *_PLAIN)


def compare_values(old: View, new: View, side: Side) -> Iterator[Change]:
    """The differences; of another type one, as grave as the gravest that comes with it."""
    changes = [*in_force(chain(*(rule(old, new, side) for rule in _RULES)), old, new)]
    if old.types - {"null"} == new.types - {"null"}:
        yield from changes
        return
    first, *others = changes
    also = ", ".join(dict.fromkeys(change.pointer.rpartition("/")[2] for change in others))
    text = f"{first.text}, and with it {also}" if also else first.text
    yield replace(first, grade=verdict(changes), text=text)


def in_force(
    changes: Iterable[Change], old: View, new: View, keyword: str = ""
) -> Iterator[Change]:
    """The changes, of no weight where their keyword speaks of no type that both allow.

    ``keyword``: the one that they stand under, if that is not the last of their pointers.
    """
    for change in changes:
        types = SPOKEN_OF.get(keyword or change.pointer.rpartition("/")[2])
        void = types is not None and types.isdisjoint(old.types & new.types)
        yield replace(change, grade=Grade.COSMETIC) if void else change


def _types(old: View, new: View, side: Side) -> Iterator[Change]:
    if old.types == new.types:
        return
    gone, come = old.types - new.types, new.types - old.types
    names = f"{_type_names(old)} → {_type_names(new)}"
    grades = ([narrowed(side)] if gone else []) + ([widened(side)] if come else [])
    # What nothing fits any more is gone, for readers too.
    grade = max(grades) if new.types else Grade.BREAKING
    key = "nullable" if gone | come == {"null"} else "type"
    text = f"type changed: {names}"
    yield Change(grade, side, new.where(key), text, _type_names(old), _type_names(new))


def _type_names(view: View) -> str:
    if ANY - {"null"} <= view.types:
        return "any" if "null" in view.types else "any but null"
    names = view.types - {"integer"} if "number" in view.types else view.types
    return " or ".join(sorted(names)) or "none"


def _enum(old: View, new: View, side: Side) -> Iterator[Change]:
    before, after = old.enum, new.enum
    if before is None and after is not None:
        text = f"limited to {shown(after)}"
        yield Change(narrowed(side), side, new.where("enum"), text, MISSING, after)
    elif before is not None and after is None:
        text = f"no longer limited to {shown(before)}"
        yield Change(widened(side), side, old.where("enum"), text, before)
    elif before is not None and after is not None:
        known, still = ({canonical(value) for value in values} for values in (before, after))
        for value in (value for value in before if canonical(value) not in still):
            text = f"enum value removed: {shown(value)}"
            yield Change(narrowed(side), side, new.where("enum"), text, value)
        for value in (value for value in after if canonical(value) not in known):
            text = f"enum value added: {shown(value)}"
            if side is Side.RESPONSE:
                text += " (breaks whoever reads the listed values only)"
            yield Change(widened(side), side, new.where("enum"), text, MISSING, value)


def _bounds(old: View, new: View, side: Side) -> Iterator[Change]:
    for key in (*_STRICT, *_PLAIN):
        before, after = bound(old, key), bound(new, key)
        if before[:2] == after[:2]:
            continue
        grade = narrowed(side) if after[:2] < before[:2] else widened(side)
        (*_, one, was), (*_, other, now) = before, after
        name = one if now is None else other
        text = f"{name}: {_number(was)} → {_number(now)}"
        if one != other and was is not None and now is not None:
            text = f"{one}: {shown(was)} → {other}: {shown(now)}"
        where = (old if now is None else new).where(name)
        yield Change(grade, side, where, text, _missing(was), _missing(now))


def bound(view: View, key: str) -> tuple[float, bool, str, Any]:
    """The bound in force: how much it allows, whether all of that, its keyword and value.

    A lower bound allows the more, the lower it is: what it allows is its value below zero.
    """
    sign = -1 if key.startswith("min") else 1
    keywords = [key, *((_STRICT[key],) if key in _STRICT else ())]
    found = [
        (value * sign, word == key, word, value) for word in keywords for value in view.all(word)
    ]
    if key in FROM and not found:
        found.append((-FROM[key], True, key, FROM[key]))
    return min(found, default=(math.inf, True, key, None))


def _number(value: Any) -> str:
    return "none" if value is None else shown(value)


def _missing(value: Any) -> Any:
    return MISSING if value is None else value


def _kinds(old: View, new: View, side: Side) -> Iterator[Change]:
    for key in ("pattern", "format", "multipleOf"):
        before, after = old.stated(key), new.stated(key)
        if {*before} == {*after}:
            continue
        less, more = _holds(after, before), _holds(before, after)
        grade = narrowed(side) if more else widened(side) if less else Grade.BREAKING
        yield _restated(old, new, side, key, grade)


def _holds(more: list[Any], less: list[Any]) -> bool:
    """Whether all that fits what ``less`` asks for fits what ``more`` asks for."""
    return all(any(_within(word, narrow) for narrow in less) for word in more)


def _within(word: Any, narrow: Any) -> bool:
    """Whether what is of the narrow kind is of the other kind, too."""
    if isinstance(word, str):
        return narrow in (word, _NARROWER.get(word))
    return bool((Fraction(str(narrow)) / Fraction(str(word))).denominator == 1)


def _default(old: View, new: View, side: Side) -> Iterator[Change]:
    if old.meanings("default") != new.meanings("default"):
        grade = Grade.COSMETIC
        if side is Side.REQUEST:
            # Who leaves the field out gets something else than before, without a word.
            grade = Grade.BREAKING if old.stated("default") else Grade.COMPATIBLE
        yield _restated(old, new, side, "default", grade)


def _restated(old: View, new: View, side: Side, key: str, grade: Grade) -> Change:
    """What a keyword says now; all of it where several parts say something."""
    before, after = (
        values if len(values) > 1 else next(iter(values), MISSING)
        for values in (old.stated(key), new.stated(key))
    )
    where = (old if after is MISSING else new).where(key)
    text = f"{key}: {shown(before)} → {shown(after)}"
    return Change(grade, side, where, text, before, after)


def sketch(view: View) -> str:
    """A schema in a few words."""
    words = [_type_names(view)]
    if view.enum is not None:
        words.append("one of " + ", ".join(shown(value) for value in view.enum))
    words += [f"default {shown(value)}" for value in view.stated("default")[:1]]
    return ", ".join(words)


_RULES: tuple[Callable[[View, View, Side], Iterator[Change]], ...] = (
    _types,
    _enum,
    _bounds,
    _kinds,
    _default,
)
