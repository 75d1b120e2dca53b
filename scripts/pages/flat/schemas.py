"""What the keys of one schema say about each other.

These rules tell two possible nestings apart: a ``maxLength`` belongs to the
text, not to the list around it, and a ``required`` list to the object that has
those properties. Each breach costs; the reading without breaches wins.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pages.flat.lines import Value
from pages.flat.shapes import UNKNOWN, Shape, list_of, resolve, union
from pages.scalars import type_name

# Costs. A breach is something no careful author writes; an oddity something seen.
BREACH = 10
ODD = 2

_TEXT = frozenset({"string"})
_NUMBER = frozenset({"integer", "number"})
_LIST = frozenset({"array"})
_OBJECT = frozenset({"object"})
OF_TYPE: dict[str, frozenset[str]] = {
    **dict.fromkeys(("minLength", "maxLength", "pattern", "contentEncoding"), _TEXT),
    **dict.fromkeys(
        ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), _NUMBER
    ),
    **dict.fromkeys(("items", "minItems", "maxItems", "uniqueItems", "contains"), _LIST),
    **dict.fromkeys(
        (
            "properties",
            "patternProperties",
            "required",
            "additionalProperties",
            "minProperties",
            "maxProperties",
            "x-apidog-orders",
            "x-apidog-ignore-properties",
        ),
        _OBJECT,
    ),
}
# Written beside a type or in an alternative, not beside a list of alternatives.
_OF_ONE_TYPE = OF_TYPE.keys() - {"properties", "required", "additionalProperties"}
_FORMATS: dict[str, frozenset[str]] = {
    **dict.fromkeys(("int32", "int64"), _NUMBER),
    **dict.fromkeys(("float", "double"), _NUMBER),
    **dict.fromkeys(
        ("uri", "url", "date", "date-time", "email", "uuid", "byte", "binary", "password"), _TEXT
    ),
}
# With $ref beside them these mean nothing, yet authors write some of them there.
_BESIDE_REF = frozenset(("$ref", "summary", "description", "nullable", "deprecated", "title"))
_COMBINED = frozenset(("allOf", "oneOf", "anyOf", "not", "$ref", "if"))


@dataclass(frozen=True)
class Nested:
    """Stands for a list or an object among examples; ``name`` is its JSON type."""

    name: str


def _type_of(value: object) -> str:
    return value.name if isinstance(value, Nested) else type_name(value)


@dataclass(frozen=True)
class Schema:
    """What is known so far of one schema object."""

    types: frozenset[str] = frozenset()
    props: tuple[tuple[str, Shape], ...] = ()
    items: Shape | None = None
    free: Shape | None = None
    closed: bool = False
    parts: tuple[Shape, ...] = ()
    ref: str = ""
    format: str = ""
    required: tuple[str, ...] = ()
    orders: tuple[str, ...] | None = None
    enum: tuple[object, ...] = ()
    samples: frozenset[str] = frozenset()
    values: tuple[tuple[str, object], ...] = ()
    last: str = ""


def take_scalar(schema: Schema, key: str, value: Value) -> Schema:
    """The schema with one ``key: value`` more."""
    data = value.data
    if key == "type":
        return replace(schema, types=frozenset({str(data)}))
    if key == "format":
        return replace(schema, format=str(data))
    if key == "$ref":
        return replace(schema, ref=str(data))
    if key == "additionalProperties":
        return replace(schema, free=UNKNOWN) if data else replace(schema, closed=True)
    if key == "nullable" and data:
        return replace(schema, types=schema.types | {"null"})
    if key in ("default", "example", "const"):
        return take_sample(schema, key, data, known=value.form != "alias")
    return schema


def take_sample(schema: Schema, key: str, data: object, *, known: bool = True) -> Schema:
    """The schema with a default, an example or one of several examples more."""
    if not known:
        return schema
    values = schema.values
    if not isinstance(data, list | dict | Nested):
        values = (*values, (key, data))
    return replace(schema, samples=schema.samples | {_type_of(data)}, values=values)


def take_child(schema: Schema, key: str, summary: object) -> Schema:
    """The schema with what a nested value turned out to be."""
    if isinstance(summary, Shape):
        if key in ("items", "additionalProperties"):
            changed = {"items": summary} if key == "items" else {"free": summary}
            return replace(schema, **changed)  # type: ignore[arg-type]  # keys are fields
        return schema
    if not isinstance(summary, tuple):
        return schema
    return _take_tuple(schema, key, summary)


def _take_tuple(schema: Schema, key: str, summary: tuple[object, ...]) -> Schema:
    if key in ("allOf", "oneOf", "anyOf"):
        shapes = tuple(part for part in summary if isinstance(part, Shape))
        return replace(schema, parts=(*schema.parts, *shapes))
    if key == "properties":
        return replace(schema, props=summary)  # type: ignore[arg-type]  # pairs of name, shape
    names = tuple(str(name) for name in summary)
    if key == "type":
        return replace(schema, types=frozenset(names))
    if key == "required":
        return replace(schema, required=names)
    if key == "x-apidog-orders":
        return replace(schema, orders=names)
    if key == "enum":
        return replace(schema, enum=summary)
    return schema


def shape_of(schema: Schema, components: Mapping[str, Shape]) -> Shape:
    """The shape that values of this schema have."""
    if schema.ref:
        return Shape(ref=schema.ref)
    own = Shape(
        types=schema.types,
        props=schema.props,
        items=schema.items,
        free=_free(schema),
        required=frozenset(schema.required),
        enum=frozenset(schema.enum),
    )
    if not schema.parts:
        return own
    parts = (*schema.parts, own) if schema.props or schema.types else schema.parts
    return union(parts, components)


def _free(schema: Schema) -> Shape | None:
    if schema.free is not None:
        return schema.free
    return None if schema.props or schema.closed else UNKNOWN


def samples_shape(schema: Schema, key: str, components: Mapping[str, Shape]) -> Shape:
    """The shape of what stands under ``example``, ``default``, ``enum`` or ``examples``."""
    shape = shape_of(schema, components)
    return list_of(replace(shape, enum=frozenset())) if key in ("enum", "examples") else shape


def cost_of(schema: Schema, used: frozenset[str], components: Mapping[str, Shape]) -> int:
    """What the keys of a complete schema cost together; 0 when they agree."""
    return (
        _type_cost(schema, used)
        + _names_cost(schema, used, components)
        + _samples_cost(schema)
        + _form_cost(schema, used)
    )


def _type_cost(schema: Schema, used: frozenset[str]) -> int:
    wanted = [OF_TYPE[key] for key in used & OF_TYPE.keys()]
    if schema.format in _FORMATS:
        wanted.append(_FORMATS[schema.format])
    if schema.types:
        return BREACH * sum(not types & schema.types for types in wanted)
    if wanted and not used & _COMBINED and not frozenset.intersection(*wanted):
        return BREACH
    return 0


def _names_cost(schema: Schema, used: frozenset[str], components: Mapping[str, Shape]) -> int:
    names = {name for name, _ in schema.props}
    cost = 0
    if schema.orders is not None and not names <= set(schema.orders):
        cost += BREACH
    if (
        schema.orders is not None
        and not set(schema.orders) <= names
        and "x-apidog-refs" not in used
    ):
        cost += BREACH
    if schema.required and not set(schema.required) <= names | _inherited(schema, components):
        cost += 0 if _open_parts(schema, components) else BREACH
    return cost


def _inherited(schema: Schema, components: Mapping[str, Shape]) -> set[str]:
    return {name for part in schema.parts for name, _ in resolve(part, components).props}


def _open_parts(schema: Schema, components: Mapping[str, Shape]) -> bool:
    return any(resolve(part, components).unknown for part in schema.parts)


def _samples_cost(schema: Schema) -> int:
    cost = 0
    if schema.types:
        found = schema.samples | {_type_of(value) for value in schema.enum}
        cost += BREACH * sum(not fits(name, _sloppy(schema)) for name in found)
    if schema.enum:
        allowed = [*schema.enum]
        cost += ODD * sum(value not in allowed for _, value in schema.values)
    return cost


def _sloppy(schema: Schema) -> frozenset[str]:
    """The types of values that authors write beside a schema, be they right or not.

    A list's example is often one entry instead of a list. Whether an example after
    ``items`` belongs to the entries or, wrongly, to the list cannot be told.
    """
    entries = schema.items.types if schema.items is not None else frozenset()
    return schema.types | entries if "array" in schema.types else schema.types


def fits(name: str, types: frozenset[str]) -> bool:
    """Whether a value of this JSON type may stand where one of ``types`` is asked for.

    null is let through: authors write ``example: null`` for "nothing".
    """
    return not types or name in types or name == "null" or (name == "integer" and "number" in types)


def _form_cost(schema: Schema, used: frozenset[str]) -> int:
    cost = 0
    if "$ref" in used:
        cost += ODD * 2 * len([key for key in used - _BESIDE_REF if not key.startswith("x-")])
    elif used and "type" not in used and not used & (_COMBINED | {"properties", "items"}):
        cost += 1 if used & {"enum", "const"} else ODD
    if "type" not in used and used & _COMBINED and used & _OF_ONE_TYPE:
        cost += ODD
    if schema.types & _LIST and "items" not in used and "prefixItems" not in used:
        cost += BREACH
    if "x-apidog-enum" in used and "enum" not in used:
        cost += ODD
    if "x-apidog-ignore-properties" in used and "x-apidog-orders" not in used:
        cost += ODD
    return cost
