"""The failure this prevents: a kind of change is unseen, or called something that it is not.

Each case is a small document before and after, and the verdict a client needs.
"""

import pytest

from differences import compare, verdict
from market.pairs import (
    CAT,
    DOG,
    JSON,
    MAPPED,
    NAME,
    NEW,
    NUMBER,
    TEXT,
    Document,
    asking_for,
    at,
    calling_back,
    document,
    read,
    regions,
    sent,
    telling,
    told_apart,
    uploading,
    with_header,
    with_parameter,
)

COMPATIBLE = {
    "second server": (at("https://a"), at("https://b", "https://a")),
    "second way in": (asking_for(["Bearer"]), asking_for(["Bearer"], ["Key"])),
    "a limit in words": (
        sent(TEXT | {"description": "at most 14"}),
        sent(TEXT | {"description": "at most 4"}),
    ),
    "deprecated parameter": (with_parameter(), with_parameter(deprecated=True)),
    "webhook added": (document(NEW), telling("string")),
    "no longer only read": (sent(TEXT | {"readOnly": True}), sent(TEXT)),
    "schema instead of nothing": (
        sent({"additionalProperties": False}),
        sent({"additionalProperties": TEXT}),
    ),
    "bound reached": (
        sent(NUMBER | {"minimum": 0, "exclusiveMinimum": True}),
        sent(NUMBER | {"minimum": 0}),
    ),
}

BREAKING = {
    "beside a reference": (sent(NAME | {"default": "a"}, NEW), sent(NAME, NEW)),
    "only read": (sent(TEXT), sent(TEXT | {"readOnly": True})),
    "only written": (read(TEXT), read(TEXT | {"writeOnly": True})),
    "property that tells apart": (told_apart(), told_apart(name="age")),
    "mapping exchanged": (told_apart(MAPPED), told_apart({"Cat": "Dog", "Dog": "Cat"})),
    "webhook": (telling("string"), telling("integer")),
    "webhook removed": (telling("string"), document(NEW)),
    "callback": (calling_back("string"), calling_back("integer")),
    "callback's security": (calling_back("string"), calling_back("string", security=[{"Key": []}])),
    "content of a parameter": (
        with_parameter(content=JSON),
        with_parameter(content={"application/json": {"schema": NUMBER}}),
    ),
    "content instead of schema": (with_parameter(), with_parameter(content=JSON)),
    "encoding": (
        uploading(TEXT, contentType="image/png"),
        uploading(TEXT, contentType="image/jpeg"),
    ),
    "nothing fits": (sent(True, NEW), sent(False, NEW)),
    "nothing is given": (read(True, NEW), read(False, NEW)),
    "true and 1": (sent({"enum": [True]}), sent({"enum": [1]})),
    "default true and 1": (sent({"default": True}), sent({"default": 1})),
    "alternatives may be null": (
        read({"oneOf": [CAT, NAME]}, NEW),
        read({"oneOf": [CAT, NAME, {"type": "null"}]}, NEW),
    ),
    "style": (with_parameter(), with_parameter(style="deepObject")),
    "server gone": (at("https://a", "https://b"), at("https://b")),
    "way in gone": (asking_for(["Bearer"], ["Key"]), asking_for(["Key"])),
    "both ways needed": (asking_for(["Bearer"]), asking_for(["Bearer", "Key"])),
    "case of a query parameter": (with_parameter(name="Id"), with_parameter(name="id")),
    "type of a header": (with_header("x-rate"), with_header("X-Rate", "integer")),
    "another charset": (sent(TEXT), sent(TEXT, media="application/json; charset=latin-1")),
    "first server": (document(), at("https://a")),
    "more in a closed answer": (
        read({"properties": {"a": TEXT}, "additionalProperties": False}),
        read({"properties": {"a": TEXT, "b": TEXT}, "additionalProperties": False}),
    ),
    "constant that is not listed": (
        sent({"const": "a"}, NEW),
        sent({"const": "a", "enum": ["b"]}, NEW),
    ),
    "one of several choices": (
        sent({"allOf": [{"anyOf": [CAT, NAME]}, {"anyOf": [NUMBER, CAT]}]}),
        sent({"allOf": [{"anyOf": [CAT, NAME]}, {"anyOf": [NUMBER, NAME]}]}),
    ),
    "choice of which two fit": (sent(CAT), sent({"oneOf": [CAT, DOG]})),
    "type within any media type": (sent(TEXT), sent(NUMBER, media="*/*")),
    "unknown keyword": (sent({"unheardOf": CAT}), sent({"unheardOf": DOG})),
}


LOOSER = {
    "longer integers": (sent({"format": "int32"}), sent({"format": "int64"})),
    "longer integers read": (read({"format": "int64"}), read({"format": "int32"})),
    "one way in of two": (asking_for(["Bearer", "Key"]), asking_for(["Bearer"])),
    "way in without a key": (asking_for(["Bearer"]), asking_for(["Bearer"], [])),
    "one more region": (regions("eu"), regions("eu", "us")),
    "one more type of a part": (
        uploading(TEXT, contentType="a/b"),
        uploading(TEXT, contentType="a/b, c/d"),
    ),
    "further properties read": (
        read({"additionalProperties": TEXT}),
        read({"additionalProperties": False}),
    ),
    "a list of them, too": (
        sent(TEXT, NEW),
        sent({"type": ["string", "array"], "items": NUMBER, "minItems": 2}, NEW),
    ),
    "an object, too": (
        sent(TEXT),
        sent({"oneOf": [TEXT, {"type": "object", "properties": {"a": TEXT}, "required": ["a"]}]}),
    ),
    "other values, too": (
        sent(TEXT | {"enum": ["a", "b"]}),
        sent({"anyOf": [TEXT | {"enum": ["a", "b"]}, TEXT]}),
    ),
    "range of media types": (sent(TEXT), sent(TEXT, media="application/*")),
    "any media type": (sent(TEXT, media="a/*"), sent(TEXT, media="*/*")),
    "one of any media type read": (read(TEXT, media="*/*"), read(TEXT)),
    "empty value": (with_parameter(), with_parameter(allowEmptyValue=True)),
    "other values, beside a default": (
        sent(TEXT | {"enum": ["a", "b"], "default": "a"}),
        sent({"anyOf": [{"enum": ["a", "b"]}, TEXT], "default": "a"}),
    ),
    "one of what was read": (read({"oneOf": [CAT, NAME]}), read(CAT)),
    "what was forbidden": (
        sent({"properties": {"a": TEXT, "b": False}}, NEW),
        sent({"properties": {"a": TEXT}}, NEW),
    ),
}


@pytest.mark.parametrize("case", [*COMPATIBLE, *BREAKING])
def test_each_kind_is_judged(case: str) -> None:
    """The gravest line of each kind is what it means for a client, by the way its data goes."""
    old, new = COMPATIBLE.get(case) or BREAKING[case]
    assert verdict(compare(old, new)).word == ("compatible" if case in COMPATIBLE else "breaking")


@pytest.mark.parametrize("case", LOOSER)
def test_what_asks_for_less_is_compatible_and_breaks_the_other_way(case: str) -> None:
    """Clients of before go on; clients of after would not with what was before."""
    old, new = LOOSER[case]
    assert verdict(compare(old, new)).word == "compatible"
    assert verdict(compare(new, old)).word == "breaking"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            sent(NUMBER | {"enum": [1.5, 2.5], "default": 1.5, "format": "float"}),
            sent({"type": "integer", "enum": [1, 2], "default": 1}),
            "type changed: number → integer, and with it enum, format, default",
        ),
        (
            sent(TEXT | {"enum": [*"1234"], "default": "1"}),
            sent({"type": "integer", "enum": [1, 2, 3, 4], "default": 1}),
            "type changed: string → integer, and with it enum, default",
        ),
        (
            read({"properties": {"taskId": TEXT, "n": NUMBER}, "required": ["taskId"]}),
            read({"properties": {"task_id": TEXT, "n": NUMBER}, "required": ["task_id"]}),
            "probable rename of a property: taskId → task_id",
        ),
        (
            with_parameter(name="taskId"),
            with_parameter(name="task_id"),
            "probable rename of a parameter: taskId → task_id (query)",
        ),
        (
            document(path="/v1/create"),
            document(path="/v2/create"),
            "probable rename of an operation: POST /v1/create → /v2/create",
        ),
        (
            read({"enum": [200]}),
            read({"enum": [200, 433]}),
            "enum value added: 433 (breaks whoever reads the listed values only)",
        ),
        (
            read(TEXT | {"description": "One of at most 14 files: JPEG, WebP."}),
            read(TEXT | {"description": "One of at most 4\nfiles: JPEG."}),
            "description changed, a number in it: "
            "'at most 14' → 'at most 4'; '14 files: JPEG, WebP.' → '4 files: JPEG.'",
        ),
        (
            sent(NAME | {"default": "a"}),
            sent(NAME | {"default": "b"}),
            "words beside $ref changed",
        ),
        (
            document(root={"components": {"schemas": {"Nobody": TEXT}}}),
            document(root={"components": {"schemas": {"Nobody": NUMBER}}}),
            "unused component changed",
        ),
    ],
)
def test_one_change_is_one_line(old: Document, new: Document, line: str) -> None:
    """What changes with a type is told with it, and what was renamed is not two things."""
    assert [change.text for change in compare(old, new)] == [line]


def test_schemas_that_double_at_each_step_are_compared_once() -> None:
    """Twenty of them hold the innermost a million times: one line says that it changed."""
    old, new = (doubling(20, kind) for kind in ("string", "integer"))
    assert [change.text for change in compare(old, new)] == ["type changed: string → integer"]


def doubling(steps: int, kind: str) -> Document:
    """Alternatives whose branches both lead to the next ones."""
    schemas: Document = {"Last": {"type": kind}}
    for name in map(str, range(steps)):
        inner = {"$ref": f"#/components/schemas/{list(schemas)[-1]}"}
        schemas[name] = {"oneOf": [{"properties": {"a": inner}}, {"properties": {"b": inner}}]}
    whole = sent({"$ref": f"#/components/schemas/{list(schemas)[-1]}"})
    return whole | {"components": {"schemas": schemas}}


def test_two_that_may_be_meant_are_no_rename() -> None:
    """Where two new properties are like the old one, nobody knows which it has become."""
    old = sent({"properties": {"size": TEXT}})
    new = sent({"properties": {"size_1": TEXT, "size_2": TEXT}})
    assert not any("rename" in change.text for change in compare(old, new))
