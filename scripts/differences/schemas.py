"""Differences between two schemas, by the way their data goes, with all that is in them."""

from collections.abc import Iterator
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import chain, combinations, zip_longest
from typing import Any

from differences.apart import are_apart, both, in_view_of, never_fit
from differences.change import MISSING, Change, Grade, Side, narrowed, shown, verdict, widened
from differences.remainder import by_key
from differences.renames import only_cosmetic, paired
from differences.required import compare_required
from differences.values import BOUNDS, compare_values, in_force, sketch
from differences.views import SHUT, View

# Schemas of which a narrower one makes the whole one narrower.
_INNER = (
    *("items", "additionalProperties", "propertyNames", "then", "else"),
    *("unevaluatedItems", "unevaluatedProperties"),
)
_CONDITIONS = ("contains", "not")
_FURTHER = ("additionalProperties", "unevaluatedProperties")
_INNER_BY_NAME = ("patternProperties", "dependentSchemas", "prefixItems")
_CLOSE = 0.5  # how alike the names of a renamed property are, unless its words are the same

_JUDGED = frozenset(
    (
        *("type", "enum", "pattern", "format", "default", "required", "properties"),
        *("allOf", "oneOf", "anyOf", "discriminator", "dependentRequired"),
        *("readOnly", "writeOnly", "multipleOf", *BOUNDS, *_INNER, *_INNER_BY_NAME),
    )
)
_Known = dict[Any, list[Change]]


def compare_schemas(old: View, new: View, side: Side, known: _Known | None = None) -> list[Change]:
    """Every difference between two schemas, nested ones included, each once.

    ``known``: what was found of pairs of schemas; each is compared once, also within itself.
    """
    known = {} if known is None else known
    key = (old.identity, new.identity, side)
    if key not in known:
        known[key] = []
        found = _differences(old, new, side, known)
        known[key] = [*{change.line(): change for change in found}.values()]
    return known[key]


def _differences(old: View, new: View, side: Side, known: _Known) -> Iterator[Change]:
    pair = (old, new, side)
    if _is_one_of(*pair, known):
        text = f"alternatives: {_words(old)} → {_words(new)}"
        yield Change(Grade.COMPATIBLE, side, new.pointer, text)
        return
    yield from _one_way(*pair)
    found = _told(*pair, known)
    if old.is_shut(side) and new.is_shut(side):
        found = (replace(change, grade=Grade.COSMETIC) for change in found)
    yield from found


def _told(old: View, new: View, side: Side, known: _Known) -> Iterator[Change]:
    yield from compare_values(old, new, side)
    yield from in_force(_rest(old, new, side, known), old, new)
    if old.types & new.types - {"null"}:
        for nested in (_nested, _alternatives, _discriminator):
            yield from nested(old, new, side, known)


def _one_way(old: View, new: View, side: Side) -> Iterator[Change]:
    """A property that is only read is gone from requests, one only written from answers."""
    for key, shut in SHUT.items():
        before, after = old.flag(key), new.flag(key)
        if before != after:
            grade = Grade.BREAKING if after else Grade.COMPATIBLE
            text = f"{'now' if after else 'no longer'} {key}"
            where = (new if after else old).where(key)
            yield Change(grade if side is shut else Grade.COSMETIC, side, where, text)


def _rest(old: View, new: View, side: Side, known: _Known) -> Iterator[Change]:
    keys = {key: None for view in (new, old) for part in view.parts for key in part.value}
    for key in (key for key in keys if key not in _JUDGED):
        where = (new if new.stated(key) else old).where(key)
        if key in _CONDITIONS and len(old.stated(key)) == len(new.stated(key)) == 1:
            yield from _condition(key, old, new, side, known)
        else:
            yield from by_key(key, old.meanings(key), new.meanings(key), side, where)


def _condition(key: str, old: View, new: View, side: Side, known: _Known) -> Iterator[Change]:
    """Differences in what must not fit, or what one item at least has to fit."""
    before, after = old.under(key), new.under(key)
    if before and after and compare_schemas(before, after, Side.RESPONSE, known):
        more, less = _takes_more(before, after, known), _takes_more(after, before, known)
        if key == "not":
            more, less = less, more
        elif old.stated("maxContains") or new.stated("maxContains"):
            more = less = more or less  # what is counted more easily reaches both bounds
        grades = [narrowed(side)] * less + [widened(side)] * more
        grade = max(grades, default=Grade.COSMETIC)
        yield Change(grade, side, new.where(key), f"{key}: {sketch(before)} → {sketch(after)}")


def _properties(old: View, new: View, side: Side, known: _Known) -> Iterator[Change]:
    def alike(one: str, before: View, other: str, after: View) -> bool:
        close = SequenceMatcher(None, one, other).ratio() >= _CLOSE or before.enum is not None
        same = only_cosmetic(compare_schemas(before, after, side, known))
        return same and (close or before.meanings("description") == after.meanings("description"))

    for name, name_now in paired(old.properties, new.properties, alike):
        was, now = old.properties.get(name), new.properties.get(name_now)
        if was and now and name == name_now:
            yield from compare_schemas(was, now, side, known)
        elif was and now:
            text = f"probable rename of a property: {name} → {name_now}"
            yield Change(Grade.BREAKING, side, now.pointer, text, name, name_now)
        elif was:
            text = f"property removed: {name}"
            grade = Grade.BREAKING if was.types else widened(side)
            grade = Grade.COSMETIC if was.is_shut(side) else grade
            yield Change(grade, side, was.pointer, text, sketch(was))
        elif now:
            needed = name in new.required(side)
            grade = narrowed(side) if needed or not now.types else Grade.COMPATIBLE
            if old.covering and now.types:  # it could be sent and given, as that says
                grade = max(grade, verdict(compare_schemas(old.covering, now, side, known)))
            text = f"property added: {name} ({'required' if needed else 'optional'})"
            yield Change(grade, side, now.pointer, text, MISSING, sketch(now))
    yield from compare_required(old, new, side)


def _nested(old: View, new: View, side: Side, known: _Known) -> Iterator[Change]:
    yield from in_force(_properties(old, new, side, known), old, new, "properties")
    for key in _INNER:
        found = _inner(key, old.under(key), new.under(key), side, known)
        yield from in_force(found, old, new, key)
    for key in _INNER_BY_NAME:
        yield from in_force(_by_name(key, old, new, side, known), old, new, key)


def _by_name(key: str, old: View, new: View, side: Side, known: _Known) -> Iterator[Change]:
    one, other = old.named(key), new.named(key)
    # Where prefixItems end, `items` goes on.
    rest = [view.under("items") if key == "prefixItems" else None for view in (old, new)]
    for name in dict.fromkeys((*one, *other)):
        before, after = one.get(name, rest[0]), other.get(name, rest[1])
        yield from _inner(f"{key} {name}", before, after, side, known)


def _inner(
    what: str, before: View | None, after: View | None, side: Side, known: _Known
) -> Iterator[Change]:
    forbidden = [bool(view and not view.types) for view in (before, after)]
    if what in _FURTHER and any(forbidden) and not all(forbidden):
        # Of which type they are on the other side does not matter.
        before, after = (before, None) if forbidden[0] else (None, after)
    if before is not None and after is not None:
        yield from compare_schemas(before, after, side, known)
        return
    for view, grade, words in (
        (before, widened(side), ("removed", "allowed")),
        (after, narrowed(side), ("added", "forbidden")),
    ):
        if view is not None:
            grade = grade if view.says_anything else Grade.COSMETIC
            forbidding = what in _FURTHER and not view.types
            text = f"further properties {words[1]}" if forbidding else f"{what} {words[0]}"
            yield Change(grade, side, view.pointer, text)


def _is_one_of(old: View, new: View, side: Side, known: _Known) -> bool:
    """Whether one of the two is a choice, the other is not, and nobody is worse off."""
    choices, chosen = new.choices or old.choices, bool(new.choices)
    if bool(_all_of(new)) is bool(_all_of(old)) or (old.types ^ new.types) & {"null"}:
        return False
    pairs = [(old, each) if chosen else (each, new) for each in choices]
    fits = [verdict(compare_schemas(*pair, side, known)) < Grade.BREAKING for pair in pairs]
    # Who sends needs one that takes all that was taken; who reads has to know whatever comes.
    if chosen is not (side is Side.REQUEST):
        return bool(choices) and all(fits)
    others = [each for each, fit in zip(choices, fits, strict=True) if not fit]
    alone = fits.count(True) == 1 and all(never_fit(old, each, side) for each in others)
    return any(fits) and (alone or "oneOf" not in new.alternatives())


def _words(view: View) -> str:
    return " and ".join(view.alternatives()) or "none"


def _all_of(view: View) -> list[View]:
    return [*chain(*view.alternatives().values())]


def _combined(old: View, new: View, side: Side) -> Iterator[Change]:
    """Whether one or any of the alternatives has to fit."""
    before, after = _words(old), _words(new)
    if before != after:
        less = after == "oneOf" or (after != "none" and before != "oneOf")
        grade = narrowed(side) if less else widened(side)
        if _all_of(old) and _all_of(new) and (side is Side.RESPONSE or _is_told_apart(new, side)):
            grade = Grade.COSMETIC  # what fits two of them: a reader takes it for either
        where = new.where(before if after == "none" else after)
        yield Change(grade, side, where, f"alternatives: {before} → {after}")


def _is_told_apart(view: View, side: Side) -> bool:
    return all(are_apart(one, other, side) for one, other in combinations(_all_of(view), 2))


def _alternatives(old: View, new: View, side: Side, known: _Known) -> Iterator[Change]:
    before, after = _all_of(old), _all_of(new)
    yield from _combined(old, new, side)
    if not before or not after:
        return
    left, come = [], [*after]
    for view in before:
        found = [(compare_schemas(view, other, side, known), other) for other in come]
        words, twin = next((each for each in found if only_cosmetic(each[0])), ([], None))
        yield from words
        if twin is None:
            left.append(view)
        come = [other for other in come if other is not twin]
    for one, other in zip_longest(left, come):
        yield from _alternative(one, other, side, known)
        if other and "oneOf" in new.alternatives() and side is Side.REQUEST:
            yield from _refused_twice(one, other, before, known)


def _alternative(
    one: View | None, other: View | None, side: Side, known: _Known
) -> Iterator[Change]:
    if one and other:
        yield from compare_schemas(one, other, side, known)
    elif one:
        text = f"alternative removed: {sketch(one)}"
        yield Change(narrowed(side), side, one.pointer, text, sketch(one))
    elif other:
        text = f"alternative added: {sketch(other)}"
        yield Change(widened(side), side, other.pointer, text, MISSING, sketch(other))


def _refused_twice(
    one: View | None, other: View, before: list[View], known: _Known
) -> Iterator[Change]:
    """What fitted one alternative alone and now fits this one, too: of `oneOf` it is refused."""
    for view in (view for view in before if view is not one):
        if never_fit(view, other, Side.REQUEST):
            continue
        fits_two = both(in_view_of(view, other), view)
        if one is None or _takes_more(in_view_of(view, one), fits_two, known):
            text = f"takes what another of them takes, and so is refused: {sketch(view)}"
            yield Change(Grade.BREAKING, Side.REQUEST, other.pointer, text)
            return


def _takes_more(one: View, other: View, known: _Known) -> bool:
    """Whether something fits the other schema that does not fit the first."""
    return verdict(compare_schemas(one, other, Side.RESPONSE, known)) is Grade.BREAKING


def _discriminator(old: View, new: View, side: Side, known: _Known) -> Iterator[Change]:
    before, after = old.told_apart(), new.told_apart()
    where = (new if after else old).where("discriminator")
    if before.keys() != after.keys():
        names = [", ".join(found) or "nothing" for found in (before, after)]
        text = f"told apart by {' → '.join(names)}"
        yield Change(Grade.BREAKING, side, where, text, *names)
        return
    for one, other in ((before[name], after[name]) for name in before):
        for value in sorted(one.keys() & other.keys()):
            changes = compare_schemas(one[value], other[value], side, known)
            if one[value].where("") == other[value].where(""):
                yield from changes
            elif not only_cosmetic(changes):
                text = f"discriminator value means another schema: {shown(value)}"
                yield Change(Grade.BREAKING, side, where, text)
        for value in sorted(one.keys() - other.keys()):
            text = f"discriminator value removed: {shown(value)}"
            yield Change(narrowed(side), side, where, text, value)
        for value in sorted(other.keys() - one.keys()):
            text = f"discriminator value added: {shown(value)}"
            yield Change(widened(side), side, where, text, new=value)
