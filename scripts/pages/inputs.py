"""A model's `input` as one schema of its own: OpenAPI 3.0, without references, every rule known.

Whoever reads it afterwards (client, sandbox, contract suite) needs no page and no other
dialect. What a page says is kept; what contradicts itself is left out with a note, or refused.
"""

from collections.abc import Iterator
from typing import Any

from pages import soundness
from pages.errors import MEANING, MEND, PageError
from pages.references import Components

Schema = dict[str, Any]

_DEEPEST = 20
_MOST = 2_000
_ANNOTATIONS = frozenset(("description", "example", "default", "nullable", "deprecated"))
_KEPT = _ANNOTATIONS | {
    *("type", "properties", "required", "items", "enum", "format", "pattern", "multipleOf"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength"),
    *("minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"),
    *("additionalProperties", "oneOf", "anyOf", "not"),
}
# Nothing in these says what a client may send; $defs is read where a reference leads into it.
_DROPPED = frozenset(("title", "xml", "externalDocs", "discriminator", "writeOnly")) | {
    *("$comment", "$defs", "$schema", "contentEncoding", "contentMediaType")
}


def input_schema(document: dict[str, Any], node: Any) -> tuple[Schema, tuple[str, ...]]:
    """The schema of `input` and a note for each thing that was left out of it.

    Raises PageError for what is no schema of an object with named fields.
    """
    reader = _Reader(Components(document))
    schema = reader.read(node, "input", frozenset())
    if schema.setdefault("type", "object") != "object" or schema.get("nullable"):
        raise PageError("input is not an object", MEND)
    if not schema.get("properties"):
        raise PageError("input names no field", MEND)
    soundness.must_be_plain(schema)
    notes = tuple(soundness.without_contradictions(schema, "input"))
    return schema, notes


class _Reader:
    """Reads schemas of one document; bounded, whatever refers to what."""

    def __init__(self, components: Components) -> None:
        self._components = components
        self._count = 0

    def read(self, node: Any, where: str, seen: frozenset[str]) -> Schema:
        """The schema at ``where``; ``seen`` are the references that led here."""
        self._count += 1
        if self._count > _MOST or where.count(".") > _DEEPEST:
            raise PageError(f"{where}: more schemas than an input has", MEANING)
        if node is True:
            return {}
        if not isinstance(node, dict):
            raise PageError(f"{where} is not a schema", MEND)
        soundness.must_be_shaped(node, where)
        parts = [self.read(*part, seen) for part in _parts(node, where)]
        if "$ref" in node:
            ref, target = self._components.target(node, where)
            if ref in seen:
                raise PageError(f"{where} contains itself: {ref}", MEANING)
            parts.append(self.read(target, where, seen | {ref}))
        return _merged([*parts, self._own(node, where, seen)], where)

    def _own(self, node: Schema, where: str, seen: frozenset[str]) -> Schema:
        """The keywords of a schema itself, each in the words of OpenAPI 3.0."""
        own = {key: value for key, value in node.items() if not _is_dropped(key, value)}
        _modernise(own, where)
        for key in own.keys() - _KEPT:
            raise PageError(f"{where}: the keyword {key[:40]!r} is not known here", MEANING)
        for key in ("items", "not", "additionalProperties"):
            if isinstance(own.get(key), dict):
                own[key] = self.read(own[key], f"{where}.{key}", seen)
        if "properties" in own:
            own["properties"] = {
                soundness.field_name(name, where): self.read(value, f"{where}.{name}", seen)
                for name, value in own["properties"].items()
            }
        for key in own.keys() & {"oneOf", "anyOf"}:
            self._alternatives(own, key, where, seen)
        return own

    def _alternatives(self, own: Schema, key: str, where: str, seen: frozenset[str]) -> None:
        """Alternatives without the one that is null: OpenAPI 3.0 has `nullable` for that."""
        read = [
            self.read(part, f"{where}.{key}[{number}]", seen)
            for number, part in enumerate(own[key])
        ]
        own[key] = [part for part in read if part.get("enum") != [None]]
        if len(own[key]) == len(read):
            return
        if len(own[key]) == 1 and not own[key][0].keys() & own.keys() - _ANNOTATIONS:
            own.update({**own.pop(key)[0], **own, "nullable": True})
        else:
            own[key][0]["nullable"] = True


def _parts(node: Schema, where: str) -> Iterator[tuple[Any, str]]:
    for number, part in enumerate(node.get("allOf", ())):
        yield part, f"{where}.allOf[{number}]"


def _is_dropped(key: str, value: object) -> bool:
    """Nobody can send what is only read: that it is so is not dropped, but refused as unknown."""
    unsaid = key == "readOnly" and value is False
    return unsaid or key in _DROPPED or key in ("$ref", "allOf") or key.startswith("x-")


def _modernise(own: Schema, where: str) -> None:
    """Keywords of JSON Schema 2020 (OpenAPI 3.1) as OpenAPI 3.0 says the same."""
    if "const" in own:
        own["enum"] = [own.pop("const")]
    samples = own.pop("examples", None)
    if isinstance(samples, list) and samples:
        own["example"] = samples[0]
    for name, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if type(own.get(name)) in (int, float):
            if bound in own:
                raise PageError(f"{where} has both {bound} and {name}", MEANING)
            own[bound], own[name] = own[name], True
    _null(own, where)


def _null(own: Schema, where: str) -> None:
    """Null as OpenAPI 3.0 allows it: by `nullable`. Null alone stays an enum of it."""
    if own.get("type") == "null":
        del own["type"]
        own["enum"] = [None]
    elif isinstance(own.get("type"), list):
        _type_list(own, where)
    if None in own.get("enum", ()) and own["enum"] != [None]:
        own["enum"] = [value for value in own["enum"] if value is not None]
        own["nullable"] = True


def _type_list(own: Schema, where: str) -> None:
    names = own.pop("type")
    nullable = {"nullable": True} if "null" in names else {}
    types = [{"type": name, **nullable} for name in names if name != "null"]
    if len(types) == 1:
        own.update(types[0])
    elif types and "anyOf" not in own:
        own["anyOf"] = types
    else:
        raise PageError(f"{where}: a list of types that OpenAPI 3.0 cannot say", MEANING)


def _merged(parts: list[Schema], where: str) -> Schema:
    """One schema that says what all parts say; the last one's words stand."""
    merged: Schema = {}
    for part in parts:
        for key, value in part.items():
            if key not in merged or key in _ANNOTATIONS or merged[key] == value:
                merged[key] = value
            elif key == "properties":
                merged[key] = _fields(merged[key], value, where)
            elif key == "required":
                merged[key] = [*merged[key], *(name for name in value if name not in merged[key])]
            else:
                raise PageError(f"{where}: its parts do not agree on {key}", MEND)
    return merged


def _fields(one: Schema, other: Schema, where: str) -> Schema:
    both = {
        name: _merged([one[name], other[name]], f"{where}.{name}") for name in one if name in other
    }
    return {**one, **other, **both}
