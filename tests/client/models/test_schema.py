"""Values are held to the rules that the gateways' pages write, in OpenAPI 3.0 and 3.1."""

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagen4 import InvalidRequest
from imagen4.core.schema import check_value

SCHEMAS: list[dict[str, Any]] = [
    {"type": "string", "minLength": 2, "maxLength": 3},
    {"type": "string", "pattern": "^a+$"},
    {"enum": ["a", 1, False, None]},
    {"type": "integer", "minimum": 1, "maximum": 5},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1, "multipleOf": 0.25},
    {"type": "boolean"},
    {"type": ["string", "null"]},
    {"type": "array", "minItems": 1, "maxItems": 2, "uniqueItems": True},
    {"type": "array", "items": {"type": "object", "required": ["a"]}},
    {"anyOf": [{"type": "integer"}, {"type": "string", "maxLength": 1}]},
    {"allOf": [{"minimum": 2}, {"maximum": 3}]},
    {"const": "a"},
]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 7)
    | st.sampled_from([0.25, 0.3, 0.5, 1.0, 2.0])
    | st.text("ab", max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=4,
)


@given(schema=st.sampled_from(SCHEMAS), value=VALUES)
def test_the_verdict_is_that_of_a_validator(schema: dict[str, Any], value: Any) -> None:
    """Whatever a well-known library takes is taken, and nothing else."""
    try:
        check_value(value, schema, "it", "the model")
        taken = True
    except InvalidRequest:
        taken = False
    assert taken == jsonschema_rs.validator_for(schema).is_valid(value)


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        ({"type": "number", "minimum": 0, "exclusiveMinimum": True}, 0, "it must be more than 0"),
        ({"type": "string", "nullable": True}, 5, "it must be a text"),
        ({"type": "object"}, {1: 2}, "it has a name that is no text"),
        ({}, {1, 2}, "it must be something that JSON can hold"),
        ({}, float("nan"), "it must be something that JSON can hold"),
        ({"type": "string"}, "half \ud83e", "it holds half a character (a lone surrogate)"),
        ({"type": "integer", "maximum": 9}, 10**400, "it must be at most 9"),
        ({"type": "array", "items": {}}, [{1}], "it[0] must be something that JSON can hold"),
    ],
)
def test_a_refusal_names_the_field_and_the_rule(schema: Any, value: Any, message: str) -> None:
    """In OpenAPI 3.0's words, too, and for what is no JSON at all."""
    with pytest.raises(InvalidRequest) as caught:
        check_value(value, schema, "it", "the model")
    assert caught.value.message == message


def test_null_is_taken_where_openapi_allows_it() -> None:
    """OpenAPI 3.0 has a word of its own for that."""
    check_value(None, {"type": "string", "nullable": True}, "it", "the model")
