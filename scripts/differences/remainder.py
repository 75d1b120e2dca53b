"""What no rule judges: it is reported all the same, words as words, the rest as grave."""

import json
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import unquote

from differences.change import Change, Grade, Side, narrowed, widened
from differences.places import Element, canonical, plain
from differences.views import BESIDE
from differences.words import words_changed

UNJUDGED = "changed, in a way that is not judged here"
_WORDS = frozenset(
    (
        *("openapi", "info", "title", "summary", "description", "version", "contact"),
        *("license", "termsOfService", "tags", "externalDocs", "operationId", "example"),
        *("examples", "bearerFormat", "$comment", "$schema", "$defs", "links", "scopes"),
    )
) | {BESIDE}
_UNSAID = {"jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base"}
# Their presence says nothing: editors name schemas, Apidog tags whatever it shows.
_OFTEN_LEFT_OUT = ("title", "tags")
_ASSERTIONS = ("contains", "not", "if", "uniqueItems")
_PERMISSIONS = ("allowEmptyValue", "allowReserved")


def remaining(old: Element, new: Element, judged: Collection[str], side: Side) -> Iterator[Change]:
    """The differences between two objects under every key that is not judged elsewhere."""
    keys = dict.fromkeys((*old.children(), *new.children()))
    for key in (key for key in keys if key not in judged):
        place = (new if key in new.children() else old).child(key)
        yield from by_key(key, _said(old.child(key)), _said(new.child(key)), side, place.pointer)


def by_key(key: str, before: object, after: object, side: Side, pointer: str) -> Iterator[Change]:
    """What a difference under a key means; nothing on one side: the key is not there."""
    added = not before
    if before == after or (key in _OFTEN_LEFT_OUT and not (before and after)):
        return
    if key == "deprecated":
        word = "deprecated" if added else "no longer deprecated"
        yield Change(Grade.COMPATIBLE, side, pointer, word)
    elif key in _WORDS or key.startswith("x-"):
        yield words_changed(key, before, after, side, pointer)
    elif key in (*_ASSERTIONS, *_PERMISSIONS) and not (before and after):
        less = added is (key in _ASSERTIONS)
        grade = narrowed(side) if less else widened(side)
        yield Change(grade, side, pointer, f"{key} {'added' if added else 'removed'}")
    else:
        yield Change(Grade.BREAKING, side, pointer, f"{key} {UNJUDGED}")


def _said(place: Element) -> str:
    """What stands there; what is empty or false says nothing."""
    value = place.meaning()
    value = plain(value) if place.key in _WORDS else value
    value = str(value)[:3] if place.key == "openapi" else value
    unsaid = value is False or value in (None, "", [], {}, _UNSAID.get(place.key))
    return "" if unsaid else canonical(value)


def unused(old: Element, new: Element) -> Iterator[Change]:
    """Differences between components that nothing refers to, before or after."""
    before, after = _components(old), _components(new)
    used = _used(old) | _used(new)
    for key in (key for key in dict.fromkeys((*before, *after)) if key not in used):
        if key not in before or key not in after:
            word = "removed" if key in before else "added"
        elif canonical(before[key].meaning()) != canonical(after[key].meaning()):
            word = "changed"
        else:
            continue
        place = after.get(key) or before[key]
        yield Change(Grade.COSMETIC, Side.BOTH, place.pointer, f"unused component {word}")


def _components(root: Element) -> dict[str, Element]:
    kinds = root.child("components", {}).children()
    return {
        f"{kind}/{name}": place
        for kind, group in kinds.items()
        for name, place in group.children().items()
    }


def _used(root: Element) -> set[str]:
    """The components that something else in the document names."""
    whole = _text(root)
    return {
        key
        for key, place in _components(root).items()
        for name in (f'"{place.key}"' if key.startswith("security") else f"#/components/{key}",)
        if whole.count(name) > _text(place).count(name) + name.startswith('"')
    }


def _text(place: Element) -> str:
    return unquote(json.dumps(place.value, default=str))


def come_and_gone(
    old: Mapping[str, Element],
    new: Mapping[str, Element],
    side: Side,
    what: str,
    *,
    added: Grade = Grade.COMPATIBLE,
    harmless: Collection[str] = (),
) -> Iterator[Change]:
    """What has no counterpart; ``harmless``: what nobody misses."""
    for key in (key for key in old if key not in new):
        grade = Grade.COMPATIBLE if key in harmless else Grade.BREAKING
        yield Change(grade, side, old[key].pointer, f"{what} removed: {key}", key)
    for key in (key for key in new if key not in old):
        yield Change(added, side, new[key].pointer, f"{what} added: {key}", new=key)
