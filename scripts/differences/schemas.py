"""Differences between two schemas, by the way their data goes, with all that is in them."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import chain
from typing import Any

from differences.change import MISSING, Change, Grade, Side, narrowed, shown, widened
from differences.remainder import by_key
from differences.renames import only_cosmetic, paired
from differences.values import BOUNDS, compare_values, sketch
from differences.views import SHUT, View

_CLOSE = 0.5  # how alike the names of a renamed property are, unless its words are the same

_JUDGED = frozenset(
    (
        *("type", "enum", "pattern", "format", "default", "required", "properties"),
        *("items", "additionalProperties", "allOf", "oneOf", "anyOf", "discriminator"),
        *("readOnly", "writeOnly", *BOUNDS),
    )
)
_Seen = frozenset[Any]


def compare_schemas(
    old: View, new: View, side: Side, seen: _Seen = frozenset()
) -> Iterator[Change]:
    """Every difference between two schemas, nested ones included."""
    key = (old.identity, new.identity, side)
    if key in seen:
        return
    pair = (old, new, side)
    yield from compare_values(*pair)
    yield from _one_way(*pair)
    yield from _rest(*pair)
    if old.types & new.types - {"null"}:
        for nested in (_properties, _nested, _alternatives, _discriminator):
            yield from nested(*pair, seen | {key})


def _one_way(old: View, new: View, side: Side) -> Iterator[Change]:
    """A property that is only read is gone from requests, one only written from answers."""
    for key, shut in SHUT.items():
        before, after = old.flag(key), new.flag(key)
        if before != after:
            grade = Grade.BREAKING if after else Grade.COMPATIBLE
            text = f"{'now' if after else 'no longer'} {key}"
            where = (new if after else old).where(key)
            yield Change(grade if side is shut else Grade.COSMETIC, side, where, text)


def _rest(old: View, new: View, side: Side) -> Iterator[Change]:
    keys = {key: None for view in (new, old) for part in view.parts for key in part.value}
    for key in (key for key in keys if key not in _JUDGED):
        where = (new if new.stated(key) else old).where(key)
        yield from by_key(key, old.meanings(key), new.meanings(key), side, where)


def _properties(old: View, new: View, side: Side, seen: _Seen) -> Iterator[Change]:
    def alike(one: str, before: View, other: str, after: View) -> bool:
        close = SequenceMatcher(None, one, other).ratio() >= _CLOSE or before.enum is not None
        same = only_cosmetic(compare_schemas(before, after, side, seen))
        return same and (close or before.meanings("description") == after.meanings("description"))

    for name, name_now in paired(old.properties, new.properties, alike):
        was, now = old.properties.get(name), new.properties.get(name_now)
        if was and now and name == name_now:
            yield from compare_schemas(was, now, side, seen)
        elif was and now:
            text = f"probable rename of a property: {name} → {name_now}"
            yield Change(Grade.BREAKING, side, now.pointer, text, name, name_now)
        elif was:
            text = f"property removed: {name}"
            grade = Grade.BREAKING if was.types else widened(side)
            yield Change(grade, side, was.pointer, text, sketch(was))
        elif now:
            needed = name in new.required(side)
            grade = narrowed(side) if needed or not now.types else Grade.COMPATIBLE
            text = f"property added: {name} ({'required' if needed else 'optional'})"
            yield Change(grade, side, now.pointer, text, MISSING, sketch(now))
    yield from _required(old, new, side)


def _required(old: View, new: View, side: Side) -> Iterator[Change]:
    before, after = old.required(side), new.required(side)
    names = {
        name for name in before | after if (name in old.properties) == (name in new.properties)
    }
    for name in sorted((after - before) & names):
        text = f"now required: {name}"
        yield Change(narrowed(side), side, new.where("required"), text, "optional", "required")
    for name in sorted((before - after) & names):
        text = f"no longer required: {name}"
        yield Change(widened(side), side, new.where("required"), text, "required", "optional")


def _nested(old: View, new: View, side: Side, seen: _Seen) -> Iterator[Change]:
    for key in ("items", "additionalProperties"):
        before, after = old.under(key), new.under(key)
        forbidden = [bool(view and not view.types) for view in (before, after)]
        if key == "additionalProperties" and any(forbidden) and not all(forbidden):
            # Of which type they are on the other side does not matter.
            before, after = (before, None) if forbidden[0] else (None, after)
        if before is not None and after is not None:
            yield from compare_schemas(before, after, side, seen)
            continue
        for view, grade, words in (
            (before, widened(side), ("removed", "allowed")),
            (after, narrowed(side), ("added", "forbidden")),
        ):
            if view is not None:
                grade = grade if view.says_anything else Grade.COSMETIC
                forbidding = key == "additionalProperties" and not view.types
                text = f"further properties {words[1]}" if forbidding else f"{key} {words[0]}"
                yield Change(grade, side, view.pointer, text)


def _alternatives(old: View, new: View, side: Side, seen: _Seen) -> Iterator[Change]:
    before, after = ([*chain(*view.alternatives().values())] for view in (old, new))
    keys = [" and ".join(view.alternatives()) for view in (old, new)]
    if keys[0] != keys[1]:
        grade = {"oneOf": narrowed(side), "": widened(side)}.get(keys[1])
        grade = grade or (widened(side) if keys[0] == "oneOf" else narrowed(side))
        text = f"alternatives: {keys[0] or 'none'} → {keys[1] or 'none'}"
        yield Change(grade, side, new.where(keys[1] or keys[0]), text)
        if not before or not after:
            return
    left = [view for view in before if not any(_same(view, to, side, seen) for to in after)]
    come = [view for view in after if not any(_same(of, view, side, seen) for of in before)]
    for one, other in zip(left, come, strict=False):
        yield from compare_schemas(one, other, side, seen)
    for view in left[len(come) :]:
        text = f"alternative removed: {sketch(view)}"
        yield Change(narrowed(side), side, view.pointer, text, sketch(view))
    for view in come[len(left) :]:
        text = f"alternative added: {sketch(view)}"
        yield Change(widened(side), side, view.pointer, text, MISSING, sketch(view))


def _same(one: View, other: View, side: Side, seen: _Seen) -> bool:
    return next(compare_schemas(one, other, side, seen), None) is None


def _discriminator(old: View, new: View, side: Side, seen: _Seen) -> Iterator[Change]:
    before, after = old.told_apart(), new.told_apart()
    where = (new if after else old).where("discriminator")
    if before.keys() != after.keys():
        names = [", ".join(found) or "nothing" for found in (before, after)]
        text = f"told apart by {' → '.join(names)}"
        yield Change(Grade.BREAKING, side, where, text, *names)
        return
    for one, other in ((before[name], after[name]) for name in before):
        for value in sorted(one.keys() & other.keys()):
            changes = [*compare_schemas(one[value], other[value], side, seen)]
            if one[value].identity[:1] == other[value].identity[:1]:
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
