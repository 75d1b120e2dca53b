"""What can stand in a field and what cannot, read off its schema: no model is known here.

Beside what a type gives there are extra values by field: those that only some models have a
reason to get wrong. Whoever uses them asks the document what it says of each.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from hypothesis import find, settings
from hypothesis.errors import HypothesisException
from hypothesis.strategies import from_regex

from ...facts.models import COUNT_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..document import Document

    Schema = dict[str, Any]

PROMPT = "A red fox in the snow"
PICTURE = "https://pictures.invalid/fox.png"
"""Never resolves (RFC 2606); the page's own example is taken where it has one."""
BIG_SEED, ZEROS_SEED = "12345678901234567890", "007"
"""Texts, whatever they look like: a number would lose digits, or zeros."""
FALSY_SEED, MINUS_SEED = "0", "-1"
"""And these a careless reader takes for none."""
MOST_CHOICES = 16
ALLOWED_EXTRAS: dict[str, tuple[Any, ...]] = {
    "seed": (BIG_SEED, ZEROS_SEED, "9999999999", MINUS_SEED, FALSY_SEED, 0, 1, 2**31 - 1)
}
_RATIOS = (
    "auto",
    "5:7",
    "1x1",
    "square",
    "2:3",
    "3:2",
    "21:9",
    "16:10",
    "16:90",
    "16/9",
    " 1:1",
    "1:1 ",
)
_COUNTS = ("0", "5", "10", "-1", "1.5", "01", "one", 1, 4, 2.5, True, ["1"], 0, -1)
FORBIDDEN_EXTRAS: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("aspect_ratio", "image_size"), (*_RATIOS, " 1:1", "1:1 ")),
    **dict.fromkeys(COUNT_FIELDS, _COUNTS),
}


def words(name: str) -> str:
    """A field in a sentence: `a negative prompt`."""
    return f"{'an' if name[:1] in 'aeiou' else 'a'} {name.replace('_', ' ')}"


def usual(document: Document, name: str) -> Any:
    """The plainest value that the document allows there; None where none was found."""
    schema = document.input_fields[name]
    return next((each for each in _plain(name, schema) if document.accepts(name, each)), None)


def _plain(name: str, schema: Schema) -> Iterator[Any]:
    if name == "prompt":
        yield PROMPT
    for key in ("default", "example"):
        if schema.get(key) not in (None, "", []):
            yield schema[key]
    yield from choices(name, schema)
    for alternative in (schema, *schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _of_type(name, alternative)


def _of_type(name: str, schema: Schema) -> Iterator[Any]:
    if schema.get("type") == "object":
        fields = schema.get("properties", {})
        needed = schema.get("required", [])
        yield {each: next(_plain(each, fields.get(each, {})), "") for each in needed}
    elif schema.get("type") == "array":
        yield several(name, schema, max(1, schema.get("minItems", 1)))
    elif schema.get("type") in ("integer", "number"):
        yield from (*bounds(schema), 1, schema.get("multipleOf", 0))
    elif schema.get("format") == "uri":
        yield PICTURE
    else:
        text = "blurry".ljust(schema.get("minLength", 0), ".")
        yield text[: schema.get("maxLength", len(text))]
    if "pattern" in schema:
        yield from _matching(schema["pattern"])


def several(name: str, schema: Schema, count: int) -> list[Any]:
    """A list of so many items, no two alike where they may not be."""
    items = schema.get("items", {})
    plain = next(_plain(name, items), PICTURE)
    if not schema.get("uniqueItems"):
        return [plain] * count
    return (choices(name, items) or [_another(plain, number) for number in range(count)])[:count]


def _another(value: Any, number: int) -> Any:
    if isinstance(value, str):
        return f"{value}?{number}"
    return value + number if isinstance(value, int | float) else value


@cache
def _matching(pattern: str) -> tuple[str, ...]:
    """The simplest text of that pattern, the same each time; none for what Python cannot read."""
    always = settings(derandomize=True, database=None)
    with suppress(HypothesisException, re.error):
        return (find(from_regex(pattern), lambda text: text.isprintable(), settings=always),)
    return ()


def choices(name: str, schema: Schema) -> list[Any]:
    """All there is to choose from, where that is few: a list, yes and no, numbers of pictures."""
    if "enum" in schema:
        return [value for value in schema["enum"] if value is not None]
    if schema.get("type") == "boolean":
        return [True, False]
    low, high = schema.get("minimum"), schema.get("maximum")
    if name in COUNT_FIELDS and low is not None and high is not None and high - low < MOST_CHOICES:
        return list(range(int(low), int(high) + 1))
    return []


def bounds(schema: Schema) -> list[Any]:
    """The lowest and the highest number, as far as there are such."""
    return [schema[name] for name in ("minimum", "maximum") if name in schema]


def longest(schema: Schema) -> int:
    """Characters that a free text may have; 0 for what is none, or has no documented end."""
    free = schema.get("type") == "string" and "enum" not in schema and "format" not in schema
    return int(schema.get("maxLength", 0)) if free else 0


def wrong(document: Document, name: str) -> Iterator[tuple[Any, str]]:
    """Values that the field's schema may forbid, each with words for it."""
    schema, plain, told = document.input_fields[name], usual(document, name), words(name)
    yield from ((value, f"{told} {what}") for value, what in _of_length(schema))
    yield None, f"{told} that is null"
    yield from ((value, f"{told} that is {what}") for value, what in _of_other_types(schema, plain))
    yield from ((value, f"{told} {value!r}") for value in _out_of_bounds(schema))
    yield from ((value, f"the {told.partition(' ')[2]} {value!r}") for value in _near(name, schema))
    yield from ((value, f"{told} {what}") for value, what in _of_number(schema, plain))


def _of_other_types(schema: Schema, plain: Any) -> Iterator[tuple[Any, str]]:
    yield 42, "a number"
    yield 4.2, "a fraction"
    yield [plain], "a list"
    yield {"text": plain}, "an object"
    yield True, "true"
    if schema.get("type") != "string":
        yield "yes", "a text"
        yield str(plain), "the text of one"


def _of_length(schema: Schema) -> Iterator[tuple[Any, str]]:
    if most := longest(schema):
        yield "x" * (most + 1), f"of {most + 1} characters"
        yield "é" * (most + 1), f"of {most + 1} × é"
        yield "x" * most + " ", f"of {most} characters and a blank"
        yield "x" * (2 * most), f"of {2 * most} characters"
    if schema.get("minLength", 0) > 1:
        yield "x" * (schema["minLength"] - 1), f"of {schema['minLength'] - 1} characters"
    if schema.get("format") == "uri":
        yield "not a uri", "that is no URI"


def _out_of_bounds(schema: Schema) -> Iterator[Any]:
    """Numbers just out of bounds."""
    step = schema.get("multipleOf", 1)
    if "minimum" in schema:
        yield schema["minimum"] - step
    if "maximum" in schema:
        yield schema["maximum"] + step
    if "multipleOf" in schema:
        yield schema.get("minimum", 0) + step / 2


def _near(name: str, schema: Schema) -> Iterator[Any]:
    """What a lenient reader might take for one of the listed values."""
    yield from FORBIDDEN_EXTRAS.get(name, ())
    for value in schema.get("enum", ())[:1]:
        if isinstance(value, str):
            yield from (f" {value}", f"{value} ", f"{value}-no-such-value", value[:-1])
            yield from (value.upper(), value.lower())


def _of_number(schema: Schema, plain: Any) -> Iterator[tuple[Any, str]]:
    """Lists of too many or too few, or of something else."""
    if not isinstance(plain, list) or not plain:
        return
    most, least = schema.get("maxItems"), schema.get("minItems", 0)
    if most is not None:
        yield (plain * (most + 1))[: most + 1], f"of {most + 1} items"
    if least > 0:
        yield plain[: least - 1], f"of {least - 1} items"
    if schema.get("uniqueItems"):
        yield plain[:1] * 2, "with an item twice"
    yield [42], "of numbers"
    yield [*plain[:1], None], "with a null in it"
