"""A schema object in one dialect: what OpenAPI 3.0 and 3.1 write in two ways is written in one.

Defaults that are written out say nothing and are left out. Only the object itself is
changed; what stands under its keys is read when it is its turn.
"""

from itertools import chain
from typing import Any

from pages.scalars import type_name

ANY = frozenset(("null", "boolean", "integer", "number", "string", "array", "object"))
CHOICES = ("oneOf", "anyOf")

_FLAGS = ("readOnly", "writeOnly", "deprecated", "uniqueItems", "nullable")
_EXCLUSIVE = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
FROM = {"minLength": 0, "minItems": 0, "minProperties": 0, "minContains": 1}
_VALUES = frozenset(("const", "enum", "type"))
WORDS = frozenset(("description", "title", "example", "examples", "$comment"))
_ANYTHING = ("additionalProperties", "unevaluatedProperties", "propertyNames")
_OPEN = ("items", "unevaluatedItems", *_ANYTHING)
_TYPED = {
    "string": ("minLength", "maxLength", "pattern"),
    "array": (
        *("items", "minItems", "maxItems", "uniqueItems", "prefixItems", "unevaluatedItems"),
        *("contains", "minContains", "maxContains"),
    ),
    "object": (
        *("properties", "required", "additionalProperties", "minProperties", "maxProperties"),
        *("patternProperties", "propertyNames", "unevaluatedProperties"),
        *("dependentRequired", "dependentSchemas"),
    ),
    "number": ("minimum", "maximum", *_EXCLUSIVE, "multipleOf"),
    "integer": ("minimum", "maximum", *_EXCLUSIVE, "multipleOf"),
}
# The types that a keyword speaks of; of any other it says nothing.
SPOKEN_OF = {
    keyword: frozenset(kind for kind, own in _TYPED.items() if keyword in own)
    for keyword in chain(*_TYPED.values())
}
# Which of them a keyword needs beside it to have an effect.
_HALVES = {
    "if": ("then", "else"),
    **dict.fromkeys(("then", "else"), ("if",)),
    **dict.fromkeys(("minContains", "maxContains"), ("contains",)),
}
# Beside none of these, what was not evaluated is what no other keyword of the object speaks of.
_EVALUATING = frozenset(("$ref", "allOf", *CHOICES, "if", "dependentSchemas", "contains"))
_UNEVALUATED = {"unevaluatedProperties": "additionalProperties", "unevaluatedItems": "items"}
_IMPLYING = {"properties": "object", "items": "array"}
_FORMATS = {
    ("contentEncoding", "base64"): "byte",
    ("contentMediaType", "application/octet-stream"): "binary",
}


def in_one_dialect(schema: Any, *, null: bool) -> dict[str, Any]:
    """A schema object as it is compared; its type, if it names one, is a list.

    ``null``: null is allowed by what this is a part of.
    """
    if isinstance(schema, bool) or schema.get("not") is True or schema.get("not") == {}:
        return {} if schema is True else {"type": []}
    found = {key: value for key, value in schema.items() if not _says_nothing(key, value)}
    if "const" in found and "enum" not in found:
        found["enum"] = [found.pop("const")]
    _set_bounds(found)
    _weigh_company(found)
    for (key, value), name in _FORMATS.items():
        if found.get(key) == value and "format" not in found:
            found.pop(key)
            found["format"] = name
    samples = found.get("examples")
    if isinstance(samples, list) and len(samples) == 1 and "example" not in found:
        found["example"] = found.pop("examples")[0]
    for key in CHOICES:
        _simplify(found, key)
    _join_values(found)
    _join_types(found)
    _set_types(found, null=null)
    return found


def is_null(schema: Any) -> bool:
    """Whether a schema allows null and nothing else."""
    return isinstance(schema, dict) and (
        schema.get("type") in ("null", ["null"])
        or schema.get("enum", [schema.get("const", 0)]) == [None]
    )


def _says_nothing(key: str, value: Any) -> bool:
    return (
        (value is False and key in (*_FLAGS, *_EXCLUSIVE))
        or (key in _OPEN and is_anything(value))
        or (key in FROM and value == FROM[key])
        or (key == "not" and value is False)
        or (key in ("required", "properties", "allOf", "description", "title") and not value)
    )


def _weigh_company(found: dict[str, Any]) -> None:
    """Make words of what has no effect alone, and the usual keyword of one that says the same."""
    for key, needed in _HALVES.items():
        if key in found and found.keys().isdisjoint(needed):
            found[f"x-{key}"] = found.pop(key)
    if not found.keys() & _EVALUATING:
        for key, plain in _UNEVALUATED.items():
            if key in found and plain not in found:
                found[plain] = found.pop(key)


def is_anything(schema: Any) -> bool:
    """Whether a schema allows whatever there is."""
    return schema is True or schema == {}


def _set_bounds(found: dict[str, Any]) -> None:
    """Exclusive bounds as numbers, as in 3.1; for integers the last number that is allowed."""
    for key, bound in _EXCLUSIVE.items():
        if found.get(key) is True:
            found.pop(key)
            found |= {key: found.pop(bound)} if bound in found else {}
        if (
            found.get("type") == "integer"
            and bound not in found
            and isinstance(found.get(key), int)
        ):
            found[bound] = found.pop(key) + (1 if bound == "minimum" else -1)
    if found.get("type") == "integer" and found.get("multipleOf") == 1:
        del found["multipleOf"]


def _simplify(found: dict[str, Any], key: str) -> None:
    """Leave out alternatives that nothing fits, and those that are part of another one."""
    branches = [branch for branch in found.get(key) or () if branch is not False]
    if key == "anyOf":
        bare = [each["type"] for each in branches if _says_only_type(each)]
        parts = [each for each in branches if not _says_only_type(each) and _type(each) in bare]
        branches = [each for each in branches if each not in parts]
        found |= {"x-among-others": parts} if parts else {}
    if key == "anyOf" and any(map(is_anything, branches)):
        del found[key]
    elif branches:
        found[key] = branches


def _says_only_type(schema: Any) -> bool:
    """Whether a schema allows all there is of a type, which is no object and no list."""
    said = schema if isinstance(schema, dict) else {}
    return said.keys() - WORDS == {"type"} and said["type"] in ("string", "integer", "number")


def _type(schema: Any) -> Any:
    """The type of a schema, said or by its values, if there is one and null is not allowed."""
    said = schema if isinstance(schema, dict) else {}
    kinds = {type_name(value) for value in said.get("enum") or ()}
    if said.get("nullable") or "null" in kinds:
        return None
    return said.get("type", next(iter(kinds)) if len(kinds) == 1 else None)


def _join_values(found: dict[str, Any]) -> None:
    """Write alternatives that are listed values as one list of values, with their words."""
    for key in CHOICES:
        branches = found.get(key) or ()
        lists = [_listed(branch) for branch in branches]
        values = [value for listed in lists for value in listed]
        twice = key == "oneOf" and not _differ([repr(value) for value in values])
        if values and all(lists) and "enum" not in found and not twice:
            found["enum"] = values
            worded = any(branch.keys() & WORDS for branch in branches)
            found |= {"x-words": found.pop(key)} if worded else {}
            found.pop(key, None)


def _listed(schema: Any) -> list[Any]:
    """The values of a schema that says nothing but them, their type and words."""
    said = schema if isinstance(schema, dict) else {}
    values = list(said.get("enum") or ([said["const"]] if "const" in said else []))
    alone = len(said.keys() & {"const", "enum"}) == 1 and said.keys() <= WORDS | _VALUES
    typed = all(type_name(value) == said.get("type", type_name(value)) for value in values)
    return values if alone and typed else []


def _join_types(found: dict[str, Any]) -> None:
    """Write alternatives that are told apart by their type alone as a list of types."""
    for key in CHOICES:
        branches = found.get(key) or ()
        types = [_plain_types(branch) for branch in branches]
        names = [name for some in types for name in some if name != "null"]
        names += ["null"] if any("null" in some for some in types) else []
        if "type" in found or not all(types) or not _differ([*names, *found]):
            continue
        keywords = [word for branch in branches for word in branch if word != "type"]
        overlap = {"number", "integer"} <= {*names} and (key == "oneOf" or keywords)
        if names and _differ([*keywords, *found]) and not overlap:
            for branch in found.pop(key):
                found |= branch
            found["type"] = names


def _implied(found: dict[str, Any]) -> str | None:
    """The type that is meant, though not said, where an object or a list is described."""
    kinds = [kind for key, kind in _IMPLYING.items() if found.get(key)]
    return kinds[0] if len(kinds) == 1 else None


def _differ(names: list[str]) -> bool:
    return len({*names}) == len(names)


def _plain_types(schema: Any) -> list[str]:
    """The types of a schema that says nothing but them and what belongs to them."""
    stated = schema.get("type") if isinstance(schema, dict) else None
    names = stated if isinstance(stated, list) else [stated] if stated else []
    own = {"type", *(keyword for name in names for keyword in _TYPED.get(name, ()))}
    return names if names and schema.keys() <= own else []


def _set_types(found: dict[str, Any], *, null: bool) -> None:
    """State the types, null among them if it is allowed; alternatives say whether it is."""
    stated = "null" if is_null(found) else found.get("type")
    null = found.pop("nullable", None) is True or null
    several = 0
    for key in CHOICES:
        branches = found.get(key) or ()
        null = null or (stated is None and any(is_null(branch) for branch in branches))
        several = max(several, sum(not is_null(branch) for branch in branches))
    enum = found.get("enum")
    null = null or None in (enum or ())
    if stated is None:
        stated = [type_name(value) for value in enum or ()] or _implied(found)
        found |= {"x-implied-type": True} if stated else {}  # so that it is told when it is said
    if stated is None and several < 2:
        return
    stated = [stated] if isinstance(stated, str) else stated
    names = set(ANY - {"null"} if stated is None else stated)
    names |= ({"integer"} if "number" in names else set()) | ({"null"} if null else set())
    if enum:
        # OpenAPI 3.1 has to list null in an enum, 3.0 says it with nullable; pages do either.
        names -= set() if null else {"null"}
        found["enum"] = [value for value in enum if value is not None]
        both = {str(value) for value in found["enum"]} == {"True", "False"}
        if not found["enum"] or (both and names <= {"boolean", "null"}):
            del found["enum"]  # the type says it
    found["type"] = sorted(names)
