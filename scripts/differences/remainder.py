"""What no rule judges: it is reported all the same, words as words, the rest as grave."""

import json
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import unquote

from differences.change import Change, Grade, Side
from differences.places import Element, canonical
from differences.views import BESIDE

UNJUDGED = "changed, in a way that is not judged here"
_WORDS = frozenset(
    (
        *("openapi", "info", "title", "summary", "description", "version", "contact"),
        *("license", "termsOfService", "tags", "externalDocs", "operationId", "example"),
        *("examples", "bearerFormat", "$comment", "$schema", "$defs"),
    )
) | {BESIDE}


def only_words(key: str) -> bool:
    """Whether a key holds what only people and editors read."""
    return key in _WORDS or key.startswith("x-")


def remaining(old: Element, new: Element, judged: Collection[str], side: Side) -> Iterator[Change]:
    """The differences between two objects under every key that is not judged elsewhere."""
    keys = dict.fromkeys((*old.children(), *new.children()))
    for key in (key for key in keys if key not in judged):
        before, after = (_said(place, key) for place in (old, new))
        if before == after or (key == "tags" and not (before and after)):
            continue  # Apidog tags whatever it shows: to have tags says nothing
        pointer = (new if key in (new.value or ()) else old).child(key).pointer
        if key == "deprecated":
            word = "deprecated" if after else "no longer deprecated"
            yield Change(Grade.COMPATIBLE, side, pointer, word)
        elif only_words(key):
            yield Change(Grade.COSMETIC, side, pointer, f"{key} changed")
        else:
            yield Change(Grade.BREAKING, side, pointer, f"{key} {UNJUDGED}")


def _said(place: Element, key: str) -> str:
    """What stands under a key; what is empty or false says nothing, nor does white space."""
    value = place.child(key).meaning()
    if isinstance(value, str) and only_words(key):
        value = " ".join(value.split())[: 3 if key == "openapi" else None]
    return "" if value is False or value in (None, "", [], {}) else canonical(value)


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
    """The components that the rest of the document leads to."""
    components = _components(root)
    waiting = [json.dumps({**root.value, "components": None}, default=str)]
    used: set[str] = set()
    while waiting:
        text = unquote(waiting.pop())
        found = {key for key in components if key not in used and _named(key, text)}
        used |= found
        waiting += [json.dumps(components[key].value, default=str) for key in found]
    return used


def _named(key: str, text: str) -> bool:
    kind, name = key.split("/", 1)
    if kind == "securitySchemes":
        return f'"{name}"' in text
    return any(f"#/components/{key}{end}" in text for end in '"/')


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
