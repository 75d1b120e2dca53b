"""Differences between two schemas, by the way their data goes, with all that is in them."""

from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from itertools import chain
from typing import Any

from differences.change import MISSING, Change, Grade, Side, narrowed, shown, widened
from differences.places import canonical
from differences.remainder import UNJUDGED, only_words
from differences.renames import only_cosmetic, probable_renames
from differences.values import BOUNDS, compare_values, sketch
from differences.views import SHUT, View

_CLOSE = 0.5  # how alike the names of a renamed property are, unless its words are the same

_ASSERTIONS = frozenset(
    (
        *("multipleOf", "patternProperties", "propertyNames", "contains", "prefixItems"),
        *("dependentRequired", "dependentSchemas", "not", "unevaluatedItems"),
        *("unevaluatedProperties", "maxContains", "if", "then", "else"),
    )
)
_JUDGED = frozenset(
    (
        *("type", "enum", "const", "pattern", "format", "default", "required", "properties"),
        *("items", "additionalProperties", "uniqueItems", "allOf", "oneOf", "anyOf"),
        *("discriminator", "readOnly", "writeOnly", "description", "title", "example"),
        *("examples", "deprecated"),
    )
) | {*BOUNDS}
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
    for rule in _RULES:
        yield from rule(*pair)
    if old.types & new.types - {"null"}:
        for nested in (_properties, _nested, _alternatives, _discriminator):
            yield from nested(*pair, seen | {key})


def _unique_items(old: View, new: View, side: Side) -> Iterator[Change]:
    before, after = (view.flag("uniqueItems") for view in (old, new))
    if before != after:
        grade = narrowed(side) if after else widened(side)
        text = "items must differ" if after else "items may be equal"
        yield Change(grade, side, new.where("uniqueItems"), text)


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
    keys = {key: None for view in (old, new) for part in view.parts for key in part.value}
    for key in (key for key in keys if key not in _JUDGED):
        before, after = old.meanings(key), new.meanings(key)
        if before == after:
            continue
        grade, text = Grade.BREAKING, f"{key} {UNJUDGED}"
        if only_words(key):
            grade, text = Grade.COSMETIC, f"{key} changed"
        elif key in _ASSERTIONS and not (before and after):
            grade = narrowed(side) if after else widened(side)
        yield Change(grade, side, (new if after else old).where(key), text)


def _annotations(old: View, new: View, side: Side) -> Iterator[Change]:
    if _prose(old.first("description")) != _prose(new.first("description")):
        yield Change(Grade.COSMETIC, side, new.where("description"), "description changed")
    if old.first("title") and new.first("title") and old.first("title") != new.first("title"):
        # A title on one side only is the editor's name for the schema.
        yield Change(Grade.COSMETIC, side, new.where("title"), "title changed")
    before, after = _samples(old), _samples(new)
    if canonical(before) != canonical(after):
        yield Change(Grade.COSMETIC, side, new.where("example"), "example changed")
    if old.flag("deprecated") != new.flag("deprecated"):
        word = "deprecated" if new.flag("deprecated") else "no longer deprecated"
        yield Change(Grade.COMPATIBLE, side, new.where("deprecated"), word)


def _samples(view: View) -> list[Any]:
    lists = [values for values in view.all("examples") if isinstance(values, list)]
    return [*view.stated("example"), *(value for values in lists for value in values)]


def _prose(text: Any) -> str:
    return " ".join(str(text or "").split())


def _properties(old: View, new: View, side: Side, seen: _Seen) -> Iterator[Change]:
    def alike(one: str, before: View, other: str, after: View) -> bool:
        words = [_prose(view.first("description")) for view in (before, after)]
        close = SequenceMatcher(None, one, other).ratio() >= _CLOSE or before.enum is not None
        same = only_cosmetic(compare_schemas(before, after, side, seen))
        return same and (close or words[0] == words[1])

    renamed = probable_renames(old.properties, new.properties, alike)
    for name, view in old.properties.items():
        if name in new.properties:
            yield from compare_schemas(view, new.properties[name], side, seen)
        elif name in renamed:
            text = f"probable rename of a property: {name} → {renamed[name]}"
            where = new.properties[renamed[name]].pointer
            yield Change(Grade.BREAKING, side, where, text, name, renamed[name])
        else:
            text = f"property removed: {name}"
            yield Change(Grade.BREAKING, side, view.pointer, text, sketch(view))
    for name, view in new.properties.items():
        if name not in old.properties and name not in renamed.values():
            needed = name in new.required(side)
            grade = Grade.BREAKING if needed and side is Side.REQUEST else Grade.COMPATIBLE
            text = f"property added: {name} ({'required' if needed else 'optional'})"
            yield Change(grade, side, view.pointer, text, MISSING, sketch(view))
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
        if before is not None and after is not None:
            yield from compare_schemas(before, after, side, seen)
            continue
        for view, grade, words in (
            (before, widened(side), ("removed", "allowed")),
            (after, narrowed(side), ("added", "forbidden")),
        ):
            if view is not None:
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


_RULES: tuple[Callable[[View, View, Side], Iterator[Change]], ...] = (
    _unique_items,
    _one_way,
    _rest,
    _annotations,
)
