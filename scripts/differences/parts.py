"""Differences in how values are written: parameters, and the parts of a form."""

from collections.abc import Iterator
from typing import Any

from differences.change import Change, Grade, Side, narrowed, widened
from differences.places import Element, media_type
from differences.remainder import UNJUDGED, remaining
from differences.views import View, view_of

SENT_AS = ("style", "explode")


def sent_as(old: Element, new: Element, usual: str) -> Iterator[tuple[str, Any, Any]]:
    """How a value is written, where that differs; what is not said is as usual."""
    before, after = (place.child("style", usual).value for place in (old, new))
    if before != after:
        yield "style", before, after
    one, other = (
        place.child("explode", style == "form").value
        for place, style in ((old, before), (new, after))
    )
    if one != other:
        yield "explode", one, other


def compare_parts(old: Element, new: Element, side: Side) -> Iterator[Change]:
    """Differences between the encodings of two media types that are forms."""
    named = [place.child("encoding", {}) for place in (old, new)]
    fields = [view_of(place.child("schema", {})).properties for place in (old, new)]
    for name in dict.fromkeys(key for place in named for key in place.children()):
        before, after = (place.child(name, {}) for place in named)
        yield from remaining(before, after, ("contentType", *SENT_AS), side)
        for key, _, _ in sent_as(before, after, "form"):
            yield Change(Grade.BREAKING, side, after.child(key).pointer, f"{key} {UNJUDGED}")
        was, now = (
            _types(place, field.get(name))
            for place, field in zip((before, after), fields, strict=True)
        )
        if was != now:
            grade = narrowed(side) if now < was else widened(side) if was < now else Grade.BREAKING
            text = f"contentType: {', '.join(sorted(was))} → {', '.join(sorted(now))}"
            yield Change(grade, side, after.child("contentType").pointer, text)


def _types(encoding: Element, field: View | None) -> set[str]:
    """The media types that a part may have; if none is stated, those of its kind of value."""
    stated = str(encoding.child("contentType", "").value) or _usual(field)
    return {media_type(name) for name in stated.split(",")}


def _usual(field: View | None) -> str:
    types = field.types - {"null"} if field else frozenset()
    if field and types == {"array"}:
        return _usual(field.under("items"))
    if types == {"object"}:
        return "application/json"
    if field and types == {"string"}:
        return "application/octet-stream" if field.first("format") == "binary" else "text/plain"
    return "text/plain" if types and types.isdisjoint(("array", "object")) else "any"
