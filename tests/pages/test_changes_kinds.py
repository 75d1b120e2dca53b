"""The failure this prevents: what means the same is called breaking, or a kind of change is unseen.

Each case is a small document before and after, and the verdict a client needs.
"""

from typing import Any

import pytest

from differences import compare, verdict

Document = dict[str, Any]
NEW = "3.1.0"
NAME = {"$ref": "#/components/schemas/Name"}
CAT, DOG = ({"$ref": f"#/components/schemas/{name}"} for name in ("Cat", "Dog"))
COMPONENTS = {
    "schemas": {
        "Name": {"type": "string"},
        "Cat": {"type": "object", "properties": {"kind": {"type": "string"}}},
        "Dog": {"type": "object", "properties": {"kind": {"type": "string"}, "age": {}}},
    },
    "securitySchemes": {
        "Bearer": {"type": "http", "scheme": "bearer"},
        "Key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    },
}


def _doc(version: str = "3.0.3", path: str = "/a", root: Any = None, **operation: Any) -> Document:
    operation = {"responses": {"200": {"description": "fine"}}} | operation
    around = {"openapi": version, "components": COMPONENTS, **(root or {})}
    return around | {"paths": {path: {"post": operation}}}


def _sent(schema: Any, version: str = "3.0.3", media: str = "application/json") -> Document:
    """A document whose request has a property of this schema."""
    body = {"content": {media: {"schema": {"type": "object", "properties": {"p": schema}}}}}
    return _doc(version, requestBody=body)


def _read(schema: Any, version: str = "3.0.3", media: str = "application/json") -> Document:
    """A document whose answer has a property of this schema."""
    content = {media: {"schema": {"type": "object", "properties": {"p": schema}}}}
    return _doc(version, responses={"200": {"description": "fine", "content": content}})


def _with(place: str = "query", name: str = "n", path: str = "/a", **more: Any) -> Document:
    """A document with one parameter."""
    shape = {} if "content" in more else {"schema": {"type": "string"}}
    return _doc(path=path, parameters=[{"name": name, "in": place} | shape | more])


def _header(name: str, kind: str = "string") -> Document:
    headers = {name: {"schema": {"type": kind}}}
    return _doc(responses={"200": {"description": "fine", "headers": headers}})


def _called(kind: str, **more: Any) -> Document:
    body = {"content": {"application/json": {"schema": {"properties": {"p": {"type": kind}}}}}}
    return {"post": {"requestBody": body, **more}}


def _back(kind: str, **more: Any) -> Document:
    return _doc(callbacks={"done": {"{$request.body#/u}": _called(kind, **more)}})


def _told(kind: str) -> Document:
    return _doc(NEW, root={"webhooks": {"done": _called(kind)}})


def _file(**encoding: Any) -> Document:
    return _doc(requestBody={"content": {"multipart/form-data": {"encoding": {"p": encoding}}}})


def _at(*urls: str) -> Document:
    return _doc(root={"servers": [{"url": url} for url in urls]})


def _in(*requirements: Any) -> Document:
    return _doc(security=[{key: [] for key in names} for names in requirements])


def _kinds(mapping: Any = None, name: str = "kind") -> Document:
    told = {"propertyName": name} | ({"mapping": mapping} if mapping else {})
    return _read({"oneOf": [CAT, DOG], "discriminator": told})


MAPPED = {"Cat": "Cat", "Dog": "#/components/schemas/Dog"}
TEXT, NUMBER = {"type": "string"}, {"type": "number"}
JSON = {"application/json": {"schema": TEXT}}

SAME: dict[str, tuple[Document, Document]] = {
    "exclusive bounds": (
        _read(NUMBER | {"minimum": 0, "exclusiveMinimum": True}),
        _read(NUMBER | {"exclusiveMinimum": 0}, NEW),
    ),
    "nullable": (_read(TEXT | {"nullable": True}), _read({"type": ["null", "string"]}, NEW)),
    "nullable enum": (
        _sent(TEXT | {"nullable": True, "enum": ["a", None]}),
        _sent({"type": ["string", "null"], "enum": ["a", None]}, NEW),
    ),
    "nullable reference": (
        _read({"nullable": True, "allOf": [CAT]}),
        _read({"anyOf": [CAT, {"type": "null"}]}, NEW),
    ),
    "nullable beside a reference": (
        _read(CAT | {"nullable": True}),
        _read({"oneOf": [{"type": "null"}, CAT]}, NEW),
    ),
    "nullable alternatives": (
        _read({"nullable": True, "oneOf": [CAT, NAME]}),
        _read({"oneOf": [CAT, NAME, {"type": "null"}]}, NEW),
    ),
    "list of types": (
        _sent({"oneOf": [TEXT | {"maxLength": 4}, {"type": "integer"}]}),
        _sent({"type": ["string", "integer"], "maxLength": 4}, NEW),
    ),
    "file": (
        _sent(TEXT | {"format": "binary"}),
        _sent(TEXT | {"contentMediaType": "application/octet-stream"}, NEW),
    ),
    "anything else": (
        _read({"additionalProperties": {}}),
        _read({"additionalProperties": True}),
    ),
    "what is the case unsaid": (_read({"additionalProperties": True}), _read({})),
    "boolean schema": (_sent({"not": {}}, NEW), _sent(False, NEW)),
    "integral numbers": (_sent({"default": 1.0}), _sent({"default": 1})),
    "flags that are off": (
        _sent(TEXT),
        _sent(TEXT | dict.fromkeys(("readOnly", "nullable", "deprecated"), False)),
    ),
    "style of a query": (_with(), _with(style="form", explode=True, required=False)),
    "style of a header": (_with("header"), _with("header", style="simple", explode=False)),
    "style of a part": (_file(), _file(style="form", explode=True, allowReserved=False)),
    "case of a parameter": (_with("header", "X-Id"), _with("header", "x-id")),
    "case of a header": (_header("X-Rate"), _header("x-rate")),
    "charset sent": (_sent(TEXT), _sent(TEXT, media='application/JSON; charset="utf-8"')),
    "charset read": (_read(TEXT), _read(TEXT, media="application/json;charset=UTF-8")),
    "order of security": (_in(["Key"], ["Bearer"]), _in(["Bearer"], ["Key"])),
    "no server": (_doc(), _at("/")),
    "case of a host": (_at("https://A.example/"), _at("https://a.example")),
    "mapping by name": (_kinds(), _kinds(MAPPED)),
    "path parameter": (_with("path", "id", "/t/{id}"), _with("path", "taskId", "/t/{taskId}")),
}

COMPATIBLE = {
    "second server": (_at("https://a"), _at("https://b", "https://a")),
    "second way in": (_in(["Bearer"]), _in(["Bearer"], ["Key"])),
    "deprecated parameter": (_with(), _with(deprecated=True)),
    "webhook added": (_doc(NEW), _told("string")),
    "no longer only read": (_sent(TEXT | {"readOnly": True}), _sent(TEXT)),
    "schema instead of nothing": (
        _sent({"additionalProperties": False}),
        _sent({"additionalProperties": TEXT}),
    ),
    "bound reached": (
        _sent(NUMBER | {"minimum": 0, "exclusiveMinimum": True}),
        _sent(NUMBER | {"minimum": 0}),
    ),
}

BREAKING = {
    "beside a reference": (_sent(NAME | {"default": "a"}, NEW), _sent(NAME, NEW)),
    "only read": (_sent(TEXT), _sent(TEXT | {"readOnly": True})),
    "only written": (_read(TEXT), _read(TEXT | {"writeOnly": True})),
    "property that tells apart": (_kinds(), _kinds(name="age")),
    "mapping exchanged": (_kinds(MAPPED), _kinds({"Cat": "Dog", "Dog": "Cat"})),
    "webhook": (_told("string"), _told("integer")),
    "webhook removed": (_told("string"), _doc(NEW)),
    "callback": (_back("string"), _back("integer")),
    "callback's security": (_back("string"), _back("string", security=[{"Key": []}])),
    "content of a parameter": (
        _with(content=JSON),
        _with(content={"application/json": {"schema": NUMBER}}),
    ),
    "content instead of schema": (_with(), _with(content=JSON)),
    "encoding": (_file(contentType="image/png"), _file(contentType="image/jpeg")),
    "nothing fits": (_sent(True, NEW), _sent(False, NEW)),
    "nothing is given": (_read(True, NEW), _read(False, NEW)),
    "true and 1": (_sent({"enum": [True]}), _sent({"enum": [1]})),
    "default true and 1": (_sent({"default": True}), _sent({"default": 1})),
    "alternatives may be null": (
        _read({"oneOf": [CAT, NAME]}, NEW),
        _read({"oneOf": [CAT, NAME, {"type": "null"}]}, NEW),
    ),
    "style": (_with(), _with(style="deepObject")),
    "server gone": (_at("https://a", "https://b"), _at("https://b")),
    "way in gone": (_in(["Bearer"], ["Key"]), _in(["Key"])),
    "both ways needed": (_in(["Bearer"]), _in(["Bearer", "Key"])),
    "case of a query parameter": (_with(name="Id"), _with(name="id")),
    "type of a header": (_header("x-rate"), _header("X-Rate", "integer")),
    "another charset": (_sent(TEXT), _sent(TEXT, media="application/json; charset=latin-1")),
    "unknown keyword": (_sent({"unheardOf": CAT}), _sent({"unheardOf": DOG})),
}


@pytest.mark.parametrize("case", SAME)
def test_what_means_the_same_is_the_same(case: str) -> None:
    """Two dialects, defaults written out, case and names that nobody sends: no difference."""
    old, new = SAME[case]
    for found in (compare(old, new), compare(new, old)):
        assert {change.line() for change in found if change.grade} == set()
        assert len(found) <= 1  # the version of OpenAPI, or the new name, for information


@pytest.mark.parametrize("case", [*COMPATIBLE, *BREAKING])
def test_each_kind_is_judged(case: str) -> None:
    """The gravest line of each kind is what it means for a client, by the way its data goes."""
    old, new = COMPATIBLE.get(case) or BREAKING[case]
    assert verdict(compare(old, new)).word == ("compatible" if case in COMPATIBLE else "breaking")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            _sent(NUMBER | {"enum": [1.5, 2.5], "default": 1.5, "format": "float"}),
            _sent({"type": "integer", "enum": [1, 2], "default": 1}),
            "type changed: number → integer, and with it enum, format, default",
        ),
        (
            _sent(TEXT | {"enum": [*"1234"], "default": "1"}),
            _sent({"type": "integer", "enum": [1, 2, 3, 4], "default": 1}),
            "type changed: string → integer, and with it enum, default",
        ),
        (
            _read({"properties": {"taskId": TEXT, "n": NUMBER}, "required": ["taskId"]}),
            _read({"properties": {"task_id": TEXT, "n": NUMBER}, "required": ["task_id"]}),
            "probable rename of a property: taskId → task_id",
        ),
        (
            _with(name="taskId"),
            _with(name="task_id"),
            "probable rename of a parameter: taskId → task_id (query)",
        ),
        (
            _doc(path="/v1/create"),
            _doc(path="/v2/create"),
            "probable rename of an operation: POST /v1/create → /v2/create",
        ),
        (
            _read({"enum": [200]}),
            _read({"enum": [200, 433]}),
            "enum value added: 433 (breaks whoever reads the listed values only)",
        ),
        (
            _sent(NAME | {"default": "a"}),
            _sent(NAME | {"default": "b"}),
            "words beside $ref changed",
        ),
        (
            _doc(root={"components": {"schemas": {"Nobody": TEXT}}}),
            _doc(root={"components": {"schemas": {"Nobody": NUMBER}}}),
            "unused component changed",
        ),
    ],
)
def test_one_change_is_one_line(old: Document, new: Document, line: str) -> None:
    """What changes with a type is told with it, and what was renamed is not two things."""
    assert [change.text for change in compare(old, new)] == [line]


def test_two_that_may_be_meant_are_no_rename() -> None:
    """Where two new properties are like the old one, nobody knows which it has become."""
    old = _sent({"properties": {"size": TEXT}})
    new = _sent({"properties": {"size_1": TEXT, "size_2": TEXT}})
    assert not any("rename" in change.text for change in compare(old, new))
