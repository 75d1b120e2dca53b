"""The failure this prevents: an input that a client, the sandbox or the suite cannot use."""

import time
from typing import Any

import pytest

from market import models
from pages.errors import PageError
from pages.inputs import input_schema
from pages.references import Components

TEXT = {"type": "string"}


def read(components: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """What becomes of these fields of an input."""
    document = {"components": {"schemas": components or {}}}
    return input_schema(document, {"type": "object", "properties": fields})[0]["properties"]


def notes(schema: dict[str, Any]) -> tuple[str, ...]:
    """What is left out of an input."""
    return input_schema({}, {"type": "object", **schema})[1]


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ({"type": "number", "enum": [0, 0.5, 1], "default": 0.5}, None),
        ({"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}, None),
        ({"type": "array", "items": {"type": "object", "properties": {"url": TEXT}}}, None),
        ({"oneOf": [TEXT, {"type": "integer"}]}, None),
        ({"type": "string", "nullable": True, "enum": ["a"]}, None),
        ({"type": "integer", "minimum": 0, "exclusiveMinimum": True}, None),
        ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
        ({"type": ["string", "integer"]}, {"anyOf": [TEXT, {"type": "integer"}]}),
        ({"anyOf": [TEXT, {"type": "null"}]}, {"type": "string", "nullable": True}),
        (
            {"anyOf": [TEXT, {"type": "integer"}, {"type": "null"}]},
            {"anyOf": [{"type": "string", "nullable": True}, {"type": "integer"}]},
        ),
        ({"type": "integer", "exclusiveMinimum": 0},
         {"type": "integer", "minimum": 0, "exclusiveMinimum": True}),
        ({"const": "a"}, {"enum": ["a"]}),
        ({"type": "string", "enum": ["a", None]},
         {"type": "string", "enum": ["a"], "nullable": True}),
        ({"type": "string", "examples": ["a", "b"]}, {"type": "string", "example": "a"}),
        ({"type": "string", "title": "Prompt", "x-order": 3, "xml": {}}, TEXT),
        ({"type": "string", "$comment": "", "$defs": {"a": {}}, "contentEncoding": "base64"}, TEXT),
        (True, {}),
        ({"$ref": "#/components/schemas/Url"}, {"type": "string", "format": "uri"}),
        (
            {"$ref": "#/components/schemas/Url", "description": "where"},
            {"type": "string", "format": "uri", "description": "where"},
        ),
        ({"allOf": [{"$ref": "#/components/schemas/Url"}], "nullable": True},
         {"type": "string", "format": "uri", "nullable": True}),
        (
            {"allOf": [{"type": "object", "properties": {"a": TEXT}, "required": ["a"]},
                       {"properties": {"b": TEXT}, "required": ["b"]}]},
            {"type": "object", "properties": {"a": TEXT, "b": TEXT}, "required": ["a", "b"]},
        ),
    ],
)  # fmt: skip
def test_each_dialect_becomes_openapi_30(page: Any, kept: Any) -> None:
    """What means the same in OpenAPI 3.0 is said in its words; what is 3.0 already stays."""
    url = {"type": "string", "format": "uri"}
    assert read({"Url": url}, field=page)["field"] == (page if kept is None else kept)


@pytest.mark.parametrize(
    ("schema", "note"),
    [
        ({"properties": {"a": TEXT}, "required": ["a", "b"]},
         "input: required names what is no field of it"),
        ({"properties": {"a": {"type": "integer", "default": "1"}}},
         "input.a: a default that its own schema refuses"),
        ({"properties": {"a": {"type": "string", "minLength": 1, "example": ""}}},
         "input.a: a example that its own schema refuses"),
        ({"properties": {"a": {"type": "integer", "enum": [1, "2"]}}},
         "input.a: values that its own schema refuses"),
    ],
)  # fmt: skip
def test_what_a_page_says_against_itself_is_left_out_with_a_note(
    schema: dict[str, Any], note: str
) -> None:
    """Nobody would send a default that the gateway refuses, or could give a field that is not."""
    assert notes(schema) == (note,)


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ({"type": "text"}, "input.field: 'text' is no type"),
        ({"type": "array", "prefixItems": []},
         "the keyword 'prefixItems' is not known here; scripts/pages/inputs.py has to be told"),
        ({"type": "string", "readOnly": True}, "the keyword 'readOnly' is not known here"),
        ({"enum": 3}, "input.field: enum cannot be '3'"),
        ({"type": [{}]}, "input.field: type is no list of names"),
        ({"type": "integer", "multipleOf": 0}, "input.field: multipleOf is not above 0"),
        ({"type": "integer", "enum": ["a"]}, "input.field: none of its values is of its type"),
        ({"type": "integer", "minimum": 2, "maximum": 1}, "input.field: minimum is above maximum"),
        ({"type": "string", "pattern": "("}, "input.field: its pattern cannot be read"),
        ({"type": "string", "pattern": "(a+)+$"}, "input.field: its pattern may take for ever"),
        ({"type": "string", "pattern": "(a|b*)*c"}, "input.field: its pattern may take for ever"),
        ({"type": "string", "pattern": "^(a|aa)+$"}, "input.field: its pattern may take for ever"),
        ({"type": "string", "pattern": "(a?){50}"}, "input.field: its pattern may take for ever"),
        ({"type": "string", "pattern": "a*.*.*.*b"}, "input.field: its pattern may take for ever"),
        ({"allOf": [TEXT, {"type": "integer"}]}, "input.field: its parts do not agree on type"),
        ({"type": "integer", "minimum": 2, "exclusiveMinimum": 1}, "has both minimum"),
        ({"type": ["string", "integer"], "anyOf": [{}, TEXT]}, "a list of types that OpenAPI 3.0"),
        ({"$ref": "#/components/schemas/None"}, "leads to nothing on the page"),
        ({"$ref": "https://evil.example/a.json"}, "leads to nothing on the page"),
        ({"$ref": "#/components/schemas/Loop"}, "contains itself"),
        ({"type": "string", "description": "\x1b[2J"}, "a text with control characters"),
        ({"type": "string", "description": "\u202eexe.gnp"}, "a text with control characters"),
        ({"type": "string", "description": "\ud800"}, "a text with control characters"),
        ({"type": "number", "default": float("inf")}, "a number that JSON cannot write"),
        ({"enum": ["16:9", "21:9\u200b"]}, "a value with what nobody sees in it: '21:9\\u200b'"),
        ({"enum": ["16:9", "21:9\u00a0"]}, "a value with what nobody sees in it: '21:9\\xa0'"),
        (3, "input.field is not a schema"),
    ],
)  # fmt: skip
def test_what_nobody_could_use_is_refused(field: Any, reason: str) -> None:
    """In one sentence that names the field."""
    loop = {"type": "array", "items": {"$ref": "#/components/schemas/Loop"}}
    with pytest.raises(PageError) as caught:
        read({"Loop": loop}, field=field)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["a b", "", "a\nb", "$(x)", "1st", "-o", "x" * 65])
def test_a_field_whose_name_cannot_be_written_on_a_line_is_refused(name: str) -> None:
    """Names of fields stand in messages and on command lines."""
    with pytest.raises(PageError, match="is no name of a field"):
        read(**{name: TEXT})


def test_references_that_double_at_each_step_end_soon() -> None:
    """Twenty schemas that each hold two of the next would be a million."""
    doubled = {
        f"S{n}": {"properties": {side: {"$ref": f"#/components/schemas/S{n + 1}"} for side in "ab"}}
        for n in range(20)
    }
    start = time.process_time()
    with pytest.raises(PageError, match="more schemas than an input has"):
        read({**doubled, "S20": TEXT}, field={"$ref": "#/components/schemas/S0"})
    assert time.process_time() - start < 2


def test_a_reference_to_itself_is_not_followed_for_ever() -> None:
    """Not even in a document that nobody has validated."""
    document = {"components": {"schemas": {"Url": {"$ref": "#/components/schemas/Url"}}}}
    with pytest.raises(PageError, match="callBackUrl refers to itself"):
        Components(document).follow({"$ref": "#/components/schemas/Url"}, "callBackUrl")


def test_a_page_in_openapi_31_is_taken() -> None:
    """Type lists and constants pass the reader as well."""
    change = models.input_with(prompt={"type": ["string", "null"]}, mode={"const": "fast"})
    document = models.document(change) | {"openapi": "3.1.0"}
    found = input_schema(document, models.fields(document)["input"])[0]["properties"]
    assert found == {"prompt": {"type": "string", "nullable": True}, "mode": {"enum": ["fast"]}}
