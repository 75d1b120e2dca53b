"""The failure this prevents: a schema's keyword is judged by being there, not by what it says."""

from typing import Any

import pytest

from differences import compare, verdict
from market.pairs import CAT, NEW, NUMBER, TEXT, read, sent

INTEGER = {"type": "integer"}
SHORT = TEXT | {"maxLength": 3}
LIST = {"type": "array"}
OBJECT = {"type": "object"}
IF_A = {"if": {"required": ["a"]}, "then": {"required": ["b"]}}


def _fields(**fields: Any) -> dict[str, Any]:
    return OBJECT | {"properties": fields}


def _kind(value: str, **fields: Any) -> dict[str, Any]:
    """An object that has to say of which kind it is."""
    return _fields(kind={"const": value}, **fields) | {"required": ["kind"]}


KINDS = [_kind("a", x=TEXT), _kind("b", y=TEXT)]

# A schema, and one that takes more.
WIDER: dict[str, tuple[Any, Any]] = {
    "first items": (LIST | {"prefixItems": [SHORT]}, LIST | {"prefixItems": [TEXT]}),
    "one more first item": (LIST | {"prefixItems": [TEXT, TEXT]}, LIST | {"prefixItems": [TEXT]}),
    "first item instead of any other": (
        LIST | {"prefixItems": [TEXT], "items": SHORT},
        LIST | {"prefixItems": [TEXT, TEXT], "items": SHORT},
    ),
    "properties by pattern": (
        OBJECT | {"patternProperties": {"^x": SHORT}},
        OBJECT | {"patternProperties": {"^x": TEXT}},
    ),
    "one more pattern": (
        OBJECT | {"patternProperties": {"^x": TEXT, "^y": TEXT}},
        OBJECT | {"patternProperties": {"^x": TEXT}},
    ),
    "names of properties": (
        OBJECT | {"propertyNames": SHORT},
        OBJECT | {"propertyNames": {"maxLength": 9}},
    ),
    "what is left over": (
        {"allOf": [CAT], "unevaluatedProperties": SHORT},
        {"allOf": [CAT], "unevaluatedProperties": TEXT},
    ),
    "required with another": (
        OBJECT | {"dependentRequired": {"a": ["b", "c"]}},
        OBJECT | {"dependentRequired": {"a": ["c"]}},
    ),
    "schema with another": (
        OBJECT | {"dependentSchemas": {"a": {"required": ["b", "c"]}}},
        OBJECT | {"dependentSchemas": {"a": {"required": ["c"]}}},
    ),
    "consequence": (
        OBJECT | IF_A | {"then": {"required": ["b", "c"]}},
        OBJECT | IF_A,
    ),
    "one more consequence": (OBJECT | IF_A | {"else": {"required": ["c"]}}, OBJECT | IF_A),
    "step": (NUMBER | {"multipleOf": 0.1}, NUMBER | {"multipleOf": 0.01}),
    "how many of it at least": (
        LIST | {"contains": TEXT, "minContains": 2},
        LIST | {"contains": TEXT},
    ),
    "how many of it at most": (
        LIST | {"contains": TEXT, "maxContains": 2},
        LIST | {"contains": TEXT, "maxContains": 4},
    ),
    "item that is there": (LIST | {"contains": SHORT}, LIST | {"contains": TEXT}),
    "what is refused": ({"not": TEXT}, {"not": SHORT}),
    "parts of an address": (TEXT | {"format": "uri"}, TEXT | {"format": "uri-reference"}),
    "one more kind": ({"oneOf": KINDS}, {"oneOf": [*KINDS, _kind("c")]}),
}

SAME: dict[str, tuple[Any, Any]] = {
    "nothing is left over": (
        _fields(a=TEXT) | {"additionalProperties": False},
        _fields(a=TEXT) | {"unevaluatedProperties": False},
    ),
    "no item is left over": (
        LIST | {"prefixItems": [TEXT], "items": False},
        LIST | {"prefixItems": [TEXT], "unevaluatedItems": False},
    ),
    "an object that is described": ({"properties": {"a": TEXT}}, _fields(a=TEXT)),
    "a list that is described": ({"items": TEXT}, LIST | {"items": TEXT}),
    "condition without a consequence": (OBJECT, OBJECT | {"if": {"required": ["a"]}}),
    "consequence without a condition": (OBJECT, OBJECT | {"then": {"required": ["a"]}}),
    "how many of nothing": (LIST, LIST | {"minContains": 2}),
    "order of the required": (
        OBJECT | {"dependentRequired": {"a": ["b", "c"], "d": []}},
        OBJECT | {"dependentRequired": {"a": ["c", "b"]}},
    ),
    "step of one": (INTEGER, INTEGER | {"multipleOf": 1}),
    "both truths": ({"type": "boolean"}, {"type": "boolean", "enum": [True, False]}),
    "lists one by one": (
        {"anyOf": [TEXT | {"enum": ["a"]}, TEXT | {"enum": ["b", "c"]}]},
        TEXT | {"enum": ["a", "b", "c"]},
    ),
    "refused in other words": ({"not": {"const": "a"}}, {"not": {"enum": ["a"]}}),
    "one or any of what differs in kind": ({"oneOf": KINDS}, {"anyOf": KINDS}),
    "alternatives in another order, with other words": (
        {"oneOf": [CAT, SHORT | {"description": "a"}, LIST | {"items": TEXT}]},
        {"oneOf": [{"items": TEXT}, SHORT | {"description": "b"}, CAT]},
    ),
    "values among others": (
        {"anyOf": [TEXT | {"enum": ["a"]}, TEXT]},
        {"anyOf": [TEXT, {"enum": ["a", "b"]}]},
    ),
    "null in both, which is meant once": (
        {"oneOf": [{"type": ["string", "null"]}, {"type": ["array", "null"]}]},
        {"type": ["string", "array", "null"]},
    ),
    "null that the type refuses": (
        TEXT | {"anyOf": [{"maxLength": 3}, {"type": "null"}]},
        SHORT,
    ),
}


@pytest.mark.parametrize("case", WIDER)
def test_what_takes_more_breaks_readers_and_what_takes_less_breaks_senders(case: str) -> None:
    """In a request the wider one is compatible, in an answer the narrower one is."""
    narrow, wide = WIDER[case]
    grades = [
        verdict(compare(put(one, NEW), put(other, NEW))).word
        for put in (sent, read)
        for one, other in ((narrow, wide), (wide, narrow))
    ]
    assert grades == ["compatible", "breaking", "breaking", "compatible"]


@pytest.mark.parametrize("case", SAME)
def test_schemas_that_take_the_same_do_not_differ(case: str) -> None:
    """However it is said: at most words changed."""
    for one, other in (SAME[case], SAME[case][::-1]):
        assert verdict(compare(sent(one, NEW), sent(other, NEW))).word == "cosmetic"


def _asking(name: str, **fields: Any) -> dict[str, Any]:
    """An object that must have one field."""
    return _fields(**{name: TEXT | {"maxLength": 9}}, **fields) | {"required": [name]}


ASKING = [_asking("text"), _asking("image", text=SHORT)]
LONGER = [_fields(text=TEXT) | {"required": ["text"]}, ASKING[1]]


@pytest.mark.parametrize(
    ("old", "new", "grade"),
    [
        ([SHORT, INTEGER], [SHORT, INTEGER, TEXT], "breaking"),
        ([SHORT, TEXT | {"minLength": 4}], [TEXT, TEXT | {"minLength": 4}], "breaking"),
        ([SHORT, INTEGER], [SHORT, NUMBER], "compatible"),
        ([SHORT, INTEGER], [TEXT, INTEGER, LIST], "compatible"),
        (KINDS, [*KINDS, _kind("c")], "compatible"),
        # Nobody sends what no document names, and both limits were the same.
        (ASKING, [*ASKING, _asking("video")], "compatible"),
        (ASKING, [_asking("text", seed=TEXT), ASKING[1]], "compatible"),
        (ASKING, LONGER, "compatible"),
    ],
)
def test_what_fits_two_alternatives_of_one_of_is_refused(old: Any, new: Any, grade: str) -> None:
    """One that takes more is held against what the others took; not where nothing fits both."""
    whole = (sent({"oneOf": schemas}, NEW) for schemas in (old, new))
    assert verdict(compare(*whole)).word == grade


@pytest.mark.parametrize("key", ["oneOf", "anyOf"])
def test_a_schema_among_its_own_alternatives_is_any_of_the_others(key: str) -> None:
    """It takes what they take, and looking for its alternatives comes to an end."""
    itself = {"$ref": "#/components/schemas/Itself"}
    around = {"components": {"schemas": {"Itself": {key: [itself, SHORT]}}}}
    found = [
        verdict(compare(put(itself, NEW) | around, put(other, NEW) | around)).word
        for other in (SHORT, NUMBER)
        for put in (sent, read)
    ]
    assert found == ["compatible", "compatible", "breaking", "breaking"]


@pytest.mark.parametrize("keyword", ["additionalProperties", "unevaluatedProperties"])
@pytest.mark.parametrize(
    ("named", "grades"),
    [
        (TEXT, ("compatible", "compatible")),
        ({}, ("compatible", "breaking")),
        (NUMBER, ("breaking", "breaking")),
    ],
)
def test_a_property_that_gets_a_name_is_held_against_what_covered_it(
    keyword: str, named: Any, grades: tuple[str, str]
) -> None:
    """It could be sent and given before, as what is said of all that are not named."""
    old = {"allOf": [CAT], keyword: TEXT}
    new = old | {"properties": {"named": named}}
    found = (verdict(compare(put(old, NEW), put(new, NEW))).word for put in (sent, read))
    assert tuple(found) == grades


@pytest.mark.parametrize(("put", "shut"), [(sent, "readOnly"), (read, "writeOnly")])
@pytest.mark.parametrize("new", [NUMBER, TEXT | {"enum": ["a"]}, None])
def test_what_a_side_never_has_breaks_nobody_there(put: Any, shut: str, new: Any) -> None:
    """What is only read may change or go in requests, what is only written in answers."""
    old = _fields(a=NUMBER, own=TEXT | {shut: True})
    now = _fields(a=NUMBER, own=new | {shut: True}) if new else _fields(a=NUMBER)
    assert verdict(compare(put(old), put(now))).word == "cosmetic"
    other = sent if put is read else read
    assert verdict(compare(other(old), other(now))) or new == TEXT | {"enum": ["a"]}
