"""Whether a schema can be meant: plain values, bounds that leave room, samples that fit."""

import math
import re
from collections.abc import Iterator
from re import _parser as pattern_parser
from typing import Any

from jsonschema import Draft4Validator

from pages.conform import errors
from pages.errors import MEND, PageError

Schema = dict[str, Any]

_TYPES = frozenset(("string", "integer", "number", "boolean", "array", "object"))
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}\Z")
# Control characters could drive a terminal, direction marks show another text than there is.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_BOUNDS = (
    *(("minimum", "maximum"), ("minLength", "maxLength")),
    *(("minItems", "maxItems"), ("minProperties", "maxProperties")),
)
_LONGEST_PATTERN = 200
_LONGEST_TEXT = 5_000
_MOST_WAYS = 10 * _LONGEST_TEXT**3
_NUMBER = (int, float)
# What has to be what, before anything is made of it: OpenAPI 3.1 leaves that to the reader.
_SHAPES: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("allOf", "anyOf", "enum", "oneOf", "required"), list),
    **dict.fromkeys(("description", "format", "pattern"), str),
    **dict.fromkeys(("minimum", "maximum", "multipleOf"), _NUMBER),
    **dict.fromkeys((name for pair in _BOUNDS[1:] for name in pair), int),
    "properties": dict,
    "type": (str, list),
    **dict.fromkeys(("additionalProperties", "items", "not"), (bool, dict)),
    "exclusiveMinimum": (bool, *_NUMBER),
    "exclusiveMaximum": (bool, *_NUMBER),
}


def field_name(name: str, where: str) -> str:
    """The name of a field, which must be one that can be written in a request and on a line."""
    if not _NAME.match(name):
        raise PageError(f"{where}: {name[:40]!r} is no name of a field", MEND)
    return name


def must_be_shaped(schema: Schema, where: str) -> None:
    """Refuse a keyword whose value is of another kind than it can be."""
    for key, kind in _SHAPES.items():
        if key in schema and not isinstance(schema[key], kind):
            raise PageError(f"{where}: {key} cannot be {str(schema[key])[:40]!r}", MEND)
    for key in ("required", "type"):
        if not all(isinstance(name, str) for name in schema.get(key, ())):
            raise PageError(f"{where}: {key} is no list of names", MEND)
    if schema.get("multipleOf", 1) <= 0:
        raise PageError(f"{where}: multipleOf is not above 0", MEND)


def must_be_plain(value: Any) -> None:
    """Refuse texts with control characters, and numbers that JSON does not have."""
    if isinstance(value, float) and not math.isfinite(value):
        raise PageError("a number that JSON cannot write", MEND)
    if isinstance(value, str) and _CONTROL.search(value):
        raise PageError("a text with control characters", MEND)
    if isinstance(value, dict):
        must_be_plain(list(value))
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            must_be_plain(item)


def schemas(schema: Schema, where: str) -> Iterator[tuple[str, Schema]]:
    """A schema and every schema in it, with the path that people call it by."""
    yield where, schema
    for name, inner in schema.get("properties", {}).items():
        yield from schemas(inner, f"{where}.{name}")
    for key in ("items", "not", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from schemas(schema[key], f"{where}.{key}")
    for key in ("oneOf", "anyOf"):
        for number, inner in enumerate(schema.get(key, ())):
            yield from schemas(inner, f"{where}.{key}[{number}]")


def without_contradictions(schema: Schema, where: str) -> Iterator[str]:
    """Takes out what a page says against itself; one note each. PageError where nothing is left."""
    for place, each in list(schemas(schema, where)):
        _must_leave_room(each, place)
        yield from _required(each, place)
        yield from _enum(each, place)
    for place, each in list(schemas(schema, where)):
        for key in ("default", "example"):
            if key in each and not fits(each, each[key]):
                del each[key]
                yield f"{place}: a {key} that its own schema refuses"


def _must_leave_room(schema: Schema, where: str) -> None:
    if schema.get("type", "string") not in _TYPES:
        raise PageError(f"{where}: {schema['type']!r} is no type", MEND)
    for low, high in _BOUNDS:
        if low in schema and high in schema and schema[low] > schema[high]:
            raise PageError(f"{where}: {low} is above {high}", MEND)
    if "pattern" in schema:
        _must_be_harmless(schema["pattern"], where)


def _must_be_harmless(pattern: str, where: str) -> None:
    """A pattern that every reader can use, and that cannot make one of them work for years."""
    try:
        tree = pattern_parser.parse(pattern)
    except (re.error, RecursionError, OverflowError):
        raise PageError(f"{where}: its pattern cannot be read", MEND) from None
    if len(pattern) > _LONGEST_PATTERN or _ways(tree) > _MOST_WAYS:
        raise PageError(f"{where}: its pattern may take for ever", MEND)


def _ways(node: Any) -> int:
    """In how many ways a part of a pattern could be tried on a text, up to more than enough."""
    if not isinstance(node, pattern_parser.SubPattern | list | tuple):
        return 1
    name = str(node[0]) if isinstance(node, tuple) and len(node) == 2 else ""
    if name == "BRANCH":
        return sum(_ways(branch) for branch in node[1][1])
    if not name.endswith("_REPEAT"):
        return min(math.prod(map(_ways, node)), _MOST_WAYS + 1)
    low, high, inner = node[1]
    most = min(int(high), _LONGEST_TEXT)
    lengths = min(max(most - low, 0) + 1, _LONGEST_TEXT)
    return int(lengths * min(_ways(inner) ** most, _MOST_WAYS + 1))


def _required(schema: Schema, where: str) -> Iterator[str]:
    names = schema.get("required", [])
    known = [name for name in names if name in schema.get("properties", {})]
    if known != names:
        yield f"{where}: required names what is no field of it"
        schema["required"] = known
    if not schema.get("required", True):
        del schema["required"]


def _enum(schema: Schema, where: str) -> Iterator[str]:
    if "enum" not in schema:
        return
    for value in schema["enum"]:
        if isinstance(value, str) and not value.isprintable():
            raise PageError(f"{where}: a value with what nobody sees in it: {value[:40]!r}", MEND)
    rest = {key: value for key, value in schema.items() if key != "enum"}
    fitting = [value for value in schema["enum"] if fits(rest, value)]
    if not fitting:
        raise PageError(f"{where}: none of its values is of its type", MEND)
    if fitting != schema["enum"]:
        yield f"{where}: values that its own schema refuses"
        schema["enum"] = fitting


def fits(schema: Schema, value: Any) -> bool:
    """Whether a value is one that the schema, of OpenAPI 3.0 and without references, takes."""
    return next(iter(errors({}, schema, value, Draft4Validator)), None) is None
