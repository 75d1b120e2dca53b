"""Whether nothing fits a schema, or two of them at once, as far as their keywords show."""

from dataclasses import replace

from differences.change import Side
from differences.values import bound
from differences.views import View

_BOUNDED = {"string": "Length", "array": "Items", "object": "Properties"}
_DEEPEST = 4  # required properties within each other that are looked into


def both(one: View, other: View) -> View:
    """A schema that takes what fits each of the two."""
    return View((*one.parts, *other.parts), one.pointer)


def are_apart(one: View, other: View, side: Side) -> bool:
    """Whether nothing fits both. Null is left out: where several allow it, it is meant once."""
    return _is_empty(both(one, other), side, _DEEPEST)


def never_fit(sent: View, schema: View, side: Side) -> bool:
    """Whether nothing fits the schema of what is sent as another one says.

    What that neither names nor describes is not sent.
    """
    needed = schema.required(side) - sent.properties.keys()
    unknown = needed and not sent.covering and sent.types & schema.types <= {"object", "null"}
    return bool(unknown) or are_apart(sent, schema, side)


def in_view_of(sent: View, schema: View) -> View:
    """The schema without the properties that are not sent, as `never_fit` sees it."""
    if sent.covering:
        return schema
    parts, names = [], sorted(sent.properties)
    for part in schema.parts:
        named = part.value.get("properties", {})
        kept = {"properties": {name: named[name] for name in names if name in named}}
        where = f"{part.pointer}?{','.join(names)}"  # it is another schema than the one there
        parts.append(replace(part, value=part.value | kept, pointer=where) if named else part)
    return View(tuple(parts), schema.pointer)


def _is_empty(view: View, side: Side, depth: int) -> bool:
    return view.enum == [] or all(
        _has_no_room(view, kind) or (kind == "object" and _lacks(view, side, depth))
        for kind in view.types - {"null"}
    )


def _has_no_room(view: View, kind: str) -> bool:
    """Whether the bounds of a type leave nothing between them."""
    word = _BOUNDED.get(kind)
    names = (f"max{word}", f"min{word}") if word else ("maximum", "minimum")
    (most, closed, *_), (least, shut, *_) = (bound(view, name) for name in names)
    return most + least < 0 or (most + least == 0 and not (closed and shut))


def _lacks(view: View, side: Side, depth: int) -> bool:
    """Whether something is required that may not be there, or that nothing fits."""
    closed = [
        part.value.get("properties", {}).keys()
        for part in view.parts
        if part.value.get("additionalProperties") is False and "patternProperties" not in part.value
    ]
    return depth > 0 and any(
        any(name not in names for names in closed)
        or (name in view.properties and _is_empty(view.properties[name], side, depth - 1))
        for name in view.required(side)
    )
