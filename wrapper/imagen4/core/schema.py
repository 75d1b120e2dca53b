"""Values held to a JSON schema before anything is sent.

As much of JSON schema as the gateways' documents use for what a caller may set (facts on 109
models: texts, choices, booleans, numbers, lists, few lists of objects); OpenAPI 3.0 and 3.1
alike. What it does not know (`format`, say) it lets through: the gateway has the last word.
Messages name the field and the rule, never the value: it may be the prompt.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from ..errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Schema = Mapping[str, Any]

# What a JSON type is called in a message.
TYPES = {
    "string": "a text",
    "boolean": "True or False",
    "integer": "a whole number",
    "number": "a number",
    "array": "a list",
    "object": "an object",
    "null": "None",
}
CLASSES: Mapping[str, type] = {
    "string": str,
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}
# Each bound: its keyword, which values break it, and how it is said.
BOUNDS: tuple[tuple[str, Callable[[Any, Any], bool], str], ...] = (
    ("minimum", lambda value, bound: value < bound, "at least"),
    ("maximum", lambda value, bound: value > bound, "at most"),
    ("exclusiveMinimum", lambda value, bound: value <= bound, "more than"),
    ("exclusiveMaximum", lambda value, bound: value >= bound, "less than"),
)


def check_value(value: Any, schema: Schema, name: str, owner: str) -> None:
    """One value against its schema. Raises InvalidRequest.

    name: the field, as the caller knows it. owner: whose rule it is, for the message.
    """
    if value is None and (schema.get("nullable") or None in schema.get("enum", ())):
        return
    for part in schema.get("allOf", ()):
        check_value(value, part, name, owner)
    check_alternatives(value, schema.get("anyOf") or schema.get("oneOf") or (), name, owner)
    check_type(value, schema, name)
    choices = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if choices is not None and not any(same(value, choice) for choice in choices):
        allowed = ", ".join(str(choice) for choice in choices)
        raise InvalidRequest(f"{name} must be one of {allowed} for {owner}")
    if isinstance(value, str):
        check_text(value, schema, name, owner)
    elif isinstance(value, list):
        check_list(value, schema, name, owner)
    elif isinstance(value, dict):
        check_object(value, schema, name, owner)
    elif is_json_number(value):
        check_number(value, schema, name)


def check_alternatives(value: Any, alternatives: Iterable[Schema], name: str, owner: str) -> None:
    """That at least one of several schemas takes the value; else what the first one says."""
    problems = []
    for alternative in alternatives:
        try:
            check_value(value, alternative, name, owner)
        except InvalidRequest as problem:
            problems.append(problem)
        else:
            return
    if problems:
        raise problems[0]


def check_type(value: Any, schema: Schema, name: str) -> None:
    wanted, kind = types_of(schema), type_of(value)
    if wanted and kind not in wanted and not (kind == "integer" and "number" in wanted):
        raise InvalidRequest(f"{name} must be {' or '.join(TYPES[each] for each in wanted)}")
    if kind is None:
        raise InvalidRequest(f"{name} must be something that JSON can hold")


def check_text(value: str, schema: Schema, name: str, owner: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        message = f"{name} holds half a character (a lone surrogate)"
        raise InvalidRequest(message) from None
    check_size(len(value), schema, ("minLength", "maxLength"), f"{name} has", "characters", owner)
    if "pattern" in schema and not re.search(schema["pattern"], value):
        raise InvalidRequest(f"{name} must match {schema['pattern']} for {owner}")


def check_list(value: list[Any], schema: Schema, name: str, owner: str) -> None:
    check_size(len(value), schema, ("minItems", "maxItems"), f"{name} has", "items", owner)
    if schema.get("uniqueItems") and any(item in value[:at] for at, item in enumerate(value)):
        raise InvalidRequest(f"{name} holds an item twice")
    for position, item in enumerate(value):
        check_value(item, schema.get("items", {}), f"{name}[{position}]", owner)


def check_object(value: Mapping[str, Any], schema: Schema, name: str, owner: str) -> None:
    """An object's own fields; `name` is "" for the whole input."""
    known: Mapping[str, Any] = schema.get("properties", {})
    prefix = f"{name}." if name else ""
    for field in schema.get("required", ()):
        if field not in value:
            raise InvalidRequest(f"{owner} needs {prefix}{field}")
    for field, content in value.items():
        if not isinstance(field, str):
            raise InvalidRequest(f"{name or 'fields'} has a name that is no text")
        if field in known:
            check_value(content, known[field], f"{prefix}{field}", owner)
        elif known and not schema.get("additionalProperties"):
            raise InvalidRequest(f"{owner} has no {prefix}{field}{nearest(field, known)}")
        else:
            check_value(content, {}, f"{prefix}{field}", owner)


def check_number(value: float, schema: Schema, name: str) -> None:
    for keyword, breaks, words in BOUNDS:
        bound = schema.get(keyword)
        if bound is True or bound is False:  # OpenAPI 3.0: a switch beside minimum or maximum
            bound = schema.get(keyword.removeprefix("exclusive").lower()) if bound else None
        if bound is not None and breaks(value, bound):
            raise InvalidRequest(f"{name} must be {words} {bound}")
    step = schema.get("multipleOf")
    if step and not math.isclose(value / step, round(value / step), abs_tol=1e-9):
        raise InvalidRequest(f"{name} must be a multiple of {step}")


def check_size(
    size: int, schema: Schema, keywords: tuple[str, str], what: str, unit: str, owner: str
) -> None:
    least, most = map(schema.get, keywords)
    if most is not None and size > most:
        raise InvalidRequest(f"{what} {size} {unit}, {owner} allows {most}")
    if least is not None and size < least:
        raise InvalidRequest(f"{what} {size} {unit}, {owner} wants at least {least}")


def texts_in(value: Any, schema: Mapping[str, Any]) -> list[str]:
    """What a caller wrote in words of their own, at any depth: not to be shown or logged.

    A choice from the document's list gives nothing away.
    """
    if isinstance(value, str):
        return [] if "enum" in schema else [value]
    found = list[str]()
    if isinstance(value, list):
        for item in value:
            found += texts_in(item, schema.get("items", {}))
    elif isinstance(value, dict):
        known: Mapping[str, Any] = schema.get("properties", {})
        for name, content in value.items():
            found += texts_in(content, known.get(name, {}))
    return found


def types_of(schema: Schema) -> list[str]:
    """The JSON types that a schema names; none where it leaves them open."""
    found = schema.get("type", [])
    if isinstance(found, str):
        return [found] if found in TYPES else []
    return [name for name in found if name in TYPES]


def type_of(value: Any) -> str | None:
    """The JSON type of a value, the narrowest; None for what JSON cannot hold."""
    for name, kind in CLASSES.items():
        if isinstance(value, kind):
            return name
    if not is_json_number(value):
        return None
    return "integer" if value == value // 1 else "number"


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint at the names that may have been meant, to be put behind a message."""
    from difflib import get_close_matches  # takes long to load, and only mistakes need it

    close = get_close_matches(name, known)
    return f"; did you mean {' or '.join(close)}?" if close else ""


def same(value: Any, choice: Any) -> bool:
    """Equal as JSON has it: True is not 1, but 1.0 is."""
    return bool(value == choice) and isinstance(value, bool) == isinstance(choice, bool)


def is_json_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))
