"""Differences between two schemas, by the way their data goes.

One rule decides nearly everything: to take less in a request breaks callers, to
give more in a response breaks readers.
"""

from collections.abc import Callable, Iterator
from typing import Any

from differences.change import MISSING, Change, Grade, Side, narrowed, shown, widened
from differences.views import ANY, View

_UPPER = ("maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties")
_LOWER = ("minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties")
_OTHER = (
    "multipleOf",
    "patternProperties",
    "propertyNames",
    "contains",
    "prefixItems",
    "dependentRequired",
    "dependentSchemas",
    "if",
    "then",
    "else",
)


def compare_schemas(
    old: View, new: View, side: Side, seen: frozenset[Any] = frozenset()
) -> Iterator[Change]:
    """Every difference between two schemas, nested ones included."""
    key = (old.identity, new.identity, side)
    if key in seen:
        return
    pair = (old, new, side)
    for rule in _RULES:
        yield from rule(*pair)
    yield from _properties(*pair, seen | {key})
    yield from _nested(*pair, seen | {key})
    yield from _alternatives(*pair, seen | {key})


def _types(old: View, new: View, side: Side) -> Iterator[Change]:
    if old.types == new.types:
        return
    gone, come = old.types - new.types, new.types - old.types
    names = f"{_type_names(old)} → {_type_names(new)}"
    grades = ([narrowed(side)] if gone else []) + ([widened(side)] if come else [])
    key = "nullable" if gone | come == {"null"} else "type"
    text = f"type changed: {names}"
    yield Change(max(grades), side, new.where(key), text, _type_names(old), _type_names(new))


def _type_names(view: View) -> str:
    if view.types == ANY:
        return "any"
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
        for value in (value for value in before if value not in after):
            text = f"enum value removed: {shown(value)}"
            yield Change(narrowed(side), side, new.where("enum"), text, value)
        for value in (value for value in after if value not in before):
            text = f"enum value added: {shown(value)}"
            yield Change(widened(side), side, new.where("enum"), text, MISSING, value)


def _bounds(old: View, new: View, side: Side) -> Iterator[Change]:
    for keys, tightest, sign in ((_UPPER, min, 1), (_LOWER, max, -1)):
        for key in keys:
            before, after = _bound(old, key, tightest), _bound(new, key, tightest)
            if before == after:
                continue
            tighter = before is None or (after is not None and (before - after) * sign > 0)
            where = (new if after is not None else old).where(key)
            text = f"{key}: {_number(before)} → {_number(after)}"
            grade = narrowed(side) if tighter else widened(side)
            yield Change(grade, side, where, text, _missing(before), _missing(after))


def _bound(view: View, key: str, tightest: Callable[[list[Any]], Any]) -> Any:
    """The bound in force; OpenAPI 3.0's flag on ``minimum`` counts as the bound itself."""
    values = [value for value in view.all(key) if value is not True and value is not False]
    if True in [value for value in view.all(key) if isinstance(value, bool)]:
        values += view.all(key.replace("exclusiveM", "m"))
    if key in ("minLength", "minItems", "minProperties") and not values:
        return 0
    return tightest(values) if values else None


def _number(value: Any) -> str:
    return "none" if value is None else str(value)


def _missing(value: Any) -> Any:
    return MISSING if value is None else value


def _pattern_and_format(old: View, new: View, side: Side) -> Iterator[Change]:
    for key in ("pattern", "format"):
        before, after = old.first(key), new.first(key)
        if before == after:
            continue
        grade = Grade.BREAKING
        if before is None:
            grade = narrowed(side)
        elif after is None:
            grade = widened(side)
        where = (new if after is not None else old).where(key)
        text = f"{key}: {shown(_missing(before))} → {shown(_missing(after))}"
        yield Change(grade, side, where, text, _missing(before), _missing(after))


def _default(old: View, new: View, side: Side) -> Iterator[Change]:
    before = _values(old, "default")
    after = _values(new, "default")
    if before == after:
        return
    grade = Grade.COSMETIC
    if side is Side.REQUEST:
        # Who leaves the field out gets something else than before, without a word.
        grade = Grade.COMPATIBLE if not before else Grade.BREAKING
    old_value, new_value = (before or [MISSING])[0], (after or [MISSING])[0]
    text = f"default: {shown(old_value)} → {shown(new_value)}"
    yield Change(grade, side, (new if after else old).where("default"), text, old_value, new_value)


def _values(view: View, key: str) -> list[Any]:
    return [part.value[key] for part in view.parts if key in part.value][:1]


def _additional(old: View, new: View, side: Side) -> Iterator[Change]:
    before, after = (False in view.all("additionalProperties") for view in (old, new))
    if before != after:
        grade = narrowed(side) if after else widened(side)
        text = "further properties forbidden" if after else "further properties allowed"
        yield Change(grade, side, new.where("additionalProperties"), text)


def _unique_items(old: View, new: View, side: Side) -> Iterator[Change]:
    before, after = (True in view.all("uniqueItems") for view in (old, new))
    if before != after:
        grade = narrowed(side) if after else widened(side)
        text = "items must differ" if after else "items may be equal"
        yield Change(grade, side, new.where("uniqueItems"), text)


def _rest(old: View, new: View, side: Side) -> Iterator[Change]:
    for key in _OTHER:
        if old.all(key) != new.all(key):
            text = f"{key} changed, in a way that is not judged here"
            yield Change(Grade.BREAKING, side, new.where(key), text)


def _annotations(old: View, new: View, side: Side) -> Iterator[Change]:
    if _prose(old.first("description")) != _prose(new.first("description")):
        yield Change(Grade.COSMETIC, side, new.where("description"), "description changed")
    if old.first("title") and new.first("title") and old.first("title") != new.first("title"):
        # A title on one side only is the editor's name for the schema.
        yield Change(Grade.COSMETIC, side, new.where("title"), "title changed")
    before, after = _samples(old), _samples(new)
    if before != after:
        yield Change(Grade.COSMETIC, side, new.where("example"), "example changed")
    if (True in old.all("deprecated")) != (True in new.all("deprecated")):
        word = "deprecated" if True in new.all("deprecated") else "no longer deprecated"
        yield Change(Grade.COMPATIBLE, side, new.where("deprecated"), word)


def _samples(view: View) -> list[Any]:
    lists = [values for values in view.all("examples") if isinstance(values, list)]
    values = [value for part in view.parts for value in _values(_only(view, part), "example")]
    return [*values, *(value for values in lists for value in values)]


def _only(view: View, part: Any) -> View:
    return View(view.resolver, (part,), view.pointer)


def _prose(text: Any) -> str:
    return " ".join(str(text or "").split())


def _properties(old: View, new: View, side: Side, seen: frozenset[Any]) -> Iterator[Change]:
    for name, view in old.properties.items():
        if name in new.properties:
            yield from compare_schemas(view, new.properties[name], side, seen)
        else:
            text = f"property removed: {name}"
            yield Change(Grade.BREAKING, side, view.pointer, text, _sketch(view))
    for name, view in new.properties.items():
        if name not in old.properties:
            needed = name in new.required
            grade = Grade.BREAKING if needed and side is Side.REQUEST else Grade.COMPATIBLE
            text = f"property added: {name} ({'required' if needed else 'optional'})"
            yield Change(grade, side, view.pointer, text, MISSING, _sketch(view))
    yield from _required(old, new, side)


def _required(old: View, new: View, side: Side) -> Iterator[Change]:
    both = old.properties.keys() & new.properties.keys()
    unknown = (old.required | new.required) - old.properties.keys() - new.properties.keys()
    names = both | unknown
    for name in sorted((new.required - old.required) & names):
        text = f"now required: {name}"
        yield Change(narrowed(side), side, new.where("required"), text, "optional", "required")
    for name in sorted((old.required - new.required) & names):
        text = f"no longer required: {name}"
        yield Change(widened(side), side, new.where("required"), text, "required", "optional")


def _sketch(view: View) -> str:
    """A schema in a few words."""
    words = [_type_names(view)]
    if view.enum is not None:
        words.append("one of " + ", ".join(shown(value) for value in view.enum))
    if _values(view, "default"):
        words.append(f"default {shown(_values(view, 'default')[0])}")
    return ", ".join(words)


def _nested(old: View, new: View, side: Side, seen: frozenset[Any]) -> Iterator[Change]:
    for key in ("items", "additionalProperties", "not"):
        before, after = old.under(key), new.under(key)
        if before is not None and after is not None:
            yield from compare_schemas(before, after, side, seen)
        elif before is not None or after is not None:
            grade = widened(side) if before is not None else narrowed(side)
            text = f"{key} {'removed' if before is not None else 'added'}"
            yield Change(grade, side, (old if before is not None else new).where(key), text)


def _alternatives(old: View, new: View, side: Side, seen: frozenset[Any]) -> Iterator[Change]:
    before, after = old.alternatives(), new.alternatives()
    left = [view for view in before if not any(_same(view, other, side) for other in after)]
    come = [view for view in after if not any(_same(view, other, side) for other in before)]
    for one, other in zip(left, come, strict=False):
        yield from compare_schemas(one, other, side, seen)
    for view in left[len(come) :]:
        text = f"alternative removed: {_sketch(view)}"
        yield Change(narrowed(side), side, view.pointer, text, _sketch(view))
    for view in come[len(left) :]:
        text = f"alternative added: {_sketch(view)}"
        yield Change(widened(side), side, view.pointer, text, MISSING, _sketch(view))


def _same(one: View, other: View, side: Side) -> bool:
    return next(compare_schemas(one, other, side), None) is None


_RULES: tuple[Callable[[View, View, Side], Iterator[Change]], ...] = (
    _types,
    _enum,
    _bounds,
    _pattern_and_format,
    _default,
    _additional,
    _unique_items,
    _rest,
    _annotations,
)
