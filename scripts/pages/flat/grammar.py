"""Which keys and values OpenAPI allows where, asked of its own JSON Schema.

That of 3.0, for pages of 3.1 too: it is the stricter one, and what it does not know
is not placed.
"""

import re
from collections.abc import Iterator
from typing import Any

from openapi_spec_validator.schemas import get_schema_content_v30

from pages.scalars import type_name

Kinds = tuple[dict[str, Any], ...]
_OPENAPI: dict[str, Any] = dict(get_schema_content_v30())
ROOT: Kinds = (_OPENAPI,)
_ANYTHING: dict[str, Any] = {}


def under(kinds: Kinds, key: str) -> Kinds:
    """What may stand under a key of an object; nothing if there is no such key."""
    return tuple(found for kind in kinds for found in _under(kind, key))


def names(kinds: Kinds, key: str | None) -> bool:
    """Whether a key is one that an object has by name, and not by being about anything."""
    return any(key in kind.get("properties", ()) for kind in kinds)


def entries(kinds: Kinds) -> Kinds:
    """What may stand in a list."""
    return tuple(
        found
        for kind in kinds
        if not kind or "items" in kind
        for found in _alternatives(kind.get("items", _ANYTHING))
    )


def takes(kinds: Kinds, name: str) -> bool:
    """Whether a value of this JSON type may stand there."""
    return any(
        not kind or kind.get("type", "string") in _TYPES.get(name, (name,)) for kind in kinds
    )


def takes_value(kinds: Kinds, value: object) -> bool:
    """Whether a value may stand there, by its type."""
    return takes(kinds, type_name(value))


_TYPES = {"integer": ("integer", "number")}


def _under(kind: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
    # Apidog writes the examples list of OpenAPI 3.1 into 3.0.
    if (
        not kind
        or key.startswith("x-")
        or (key == "examples" and "example" in kind.get("properties", ()))
    ):
        yield _ANYTHING
    patterns = kind.get("patternProperties", {})
    named = (
        [kind["properties"][key]]
        if key in kind.get("properties", ())
        else [patterns[pattern] for pattern in patterns if re.search(pattern, key)]
    )
    others = kind.get("additionalProperties")
    for found in named or ([others] if isinstance(others, dict) else []):
        yield from _alternatives(found)


def _alternatives(kind: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What a kind may be: itself, or one of several."""
    while "$ref" in kind:
        kind = _OPENAPI["definitions"][kind["$ref"].rsplit("/", 1)[1]]
    choices = () if "properties" in kind else kind.get("oneOf") or kind.get("anyOf") or ()
    for choice in choices:
        yield from _alternatives(choice)
    if not choices:
        yield kind
