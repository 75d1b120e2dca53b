"""The failure this prevents: what a validator would refuse from now on is called harmless.

The validator of JSON Schema, which shares no code with the report, is asked of many values.
"""

from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from differences import compare, verdict
from market.pairs import NEW, read, sent

FIELDS = (1, "a", "abc")
VALUES = (
    *(True, 0, 1, 2, 5, 1.5, "", "a", "ab", "abc", "abcd"),
    *([], ["a"], ["a", 1], ["abc", "b"], ["a", "b", "a"], {}, {"a": "a"}, {"b": 1}),
    *({"a": one, "b": other} for one, other in product(FIELDS, FIELDS)),
)
PLAIN = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("string")},
        optional={
            "maxLength": st.integers(1, 3),
            "minLength": st.integers(1, 3),
            "enum": st.sampled_from([["a"], ["a", "ab"], ["abc", "b"]]),
        },
    ),
    st.fixed_dictionaries(
        {"type": st.sampled_from(["integer", "number"])},
        optional={"minimum": st.integers(1, 2), "exclusiveMaximum": st.integers(1, 5)},
    ),
    st.just({"type": "boolean"}),
)
LISTS = st.fixed_dictionaries(
    {"type": st.just("array")},
    optional={
        "items": PLAIN,
        "contains": PLAIN,
        "minContains": st.integers(1, 2),
        "maxContains": st.integers(1, 2),
    },
)
OBJECTS = st.fixed_dictionaries(
    {"type": st.just("object"), "properties": st.fixed_dictionaries({"a": PLAIN, "b": PLAIN})},
    optional={
        "required": st.sampled_from([["a"], ["b"], ["a", "b"]]),
        "additionalProperties": st.just(False),
    },
)
ALONE = st.one_of(PLAIN, PLAIN, LISTS, OBJECTS)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Any, Any]:
    """Two schemas: alternatives of which one is exchanged, left out or put in; or what is not."""
    several = draw(st.lists(ALONE, min_size=2, max_size=3))
    others = draw(st.permutations([*several[draw(st.integers(0, 1)) :], draw(ALONE)]))
    one, other = draw(st.sampled_from([("oneOf",) * 2, ("anyOf",) * 2, ("anyOf", "oneOf")]))
    choices = {one: several}, {other: others[:3]}
    first, last = draw(ALONE), draw(ALONE)
    single = first, {other: [first, last]}
    denied = {"not": first}, {"not": last}
    return draw(st.sampled_from([choices, choices, single, single[::-1], denied, (first, last)]))


def _taken(schema: Any) -> list[bool]:
    validator = Draft202012Validator(schema)
    return [validator.is_valid(value) for value in VALUES]


def _for_readers(schema: Any) -> Any:
    """Who reads takes what fits two alternatives for either of them."""
    return {"anyOf": schema["oneOf"]} if "oneOf" in schema else schema


@given(pairs())
def test_what_a_validator_refuses_from_now_on_is_breaking(pair: tuple[Any, Any]) -> None:
    """A value that could be sent and now cannot; one that could not come and now can."""
    old, new = pair
    if any(was and not now for was, now in zip(*map(_taken, pair), strict=True)):
        assert verdict(compare(sent(old, NEW), sent(new, NEW))).word == "breaking"
    answers = (_taken(_for_readers(schema)) for schema in pair)
    if any(now and not was for was, now in zip(*answers, strict=True)):
        assert verdict(compare(read(old, NEW), read(new, NEW))).word == "breaking"
