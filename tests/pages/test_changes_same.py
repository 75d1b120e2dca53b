"""The failure this prevents: what means the same, said in other words, is called breaking."""

import pytest

from differences import compare
from market.pairs import (
    CAT,
    MAPPED,
    NAME,
    NEW,
    NUMBER,
    OAS,
    TEXT,
    Document,
    asking_for,
    asking_for_a_scope,
    at,
    calling_back,
    document,
    encoded_json,
    read,
    regions,
    sent,
    told_apart,
    uploading,
    with_header,
    with_parameter,
)

SAME: dict[str, tuple[Document, Document]] = {
    "exclusive bounds": (
        read(NUMBER | {"minimum": 0, "exclusiveMinimum": True}),
        read(NUMBER | {"exclusiveMinimum": 0}, NEW),
    ),
    "nullable": (read(TEXT | {"nullable": True}), read({"type": ["null", "string"]}, NEW)),
    "nullable enum": (
        sent(TEXT | {"nullable": True, "enum": ["a", None]}),
        sent({"type": ["string", "null"], "enum": ["a", None]}, NEW),
    ),
    "nullable reference": (
        read({"nullable": True, "allOf": [CAT]}),
        read({"anyOf": [CAT, {"type": "null"}]}, NEW),
    ),
    "nullable beside a reference": (
        read(CAT | {"nullable": True}),
        read({"oneOf": [{"type": "null"}, CAT]}, NEW),
    ),
    "nullable alternatives": (
        read({"nullable": True, "oneOf": [CAT, NAME]}),
        read({"oneOf": [CAT, NAME, {"type": "null"}]}, NEW),
    ),
    "list of types": (
        sent({"oneOf": [TEXT | {"maxLength": 4}, {"type": "integer"}]}),
        sent({"type": ["string", "integer"], "maxLength": 4}, NEW),
    ),
    "file": (
        sent(TEXT | {"format": "binary"}),
        sent(TEXT | {"contentMediaType": "application/octet-stream"}, NEW),
    ),
    "anything else": (
        read({"additionalProperties": {}}),
        read({"additionalProperties": True}),
    ),
    "what is the case unsaid": (read({"additionalProperties": True}), read({})),
    "boolean schema": (sent({"not": {}}, NEW), sent(False, NEW)),
    "integral numbers": (sent({"default": 1.0}), sent({"default": 1})),
    "flags that are off": (
        sent(TEXT),
        sent(TEXT | dict.fromkeys(("readOnly", "nullable", "deprecated"), False)),
    ),
    "style of a query": (
        with_parameter(),
        with_parameter(style="form", explode=True, required=False),
    ),
    "style of a header": (
        with_parameter("header"),
        with_parameter("header", style="simple", explode=False),
    ),
    "style of a part": (
        uploading({}),
        uploading({}, style="form", explode=True, allowReserved=False),
    ),
    "case of a parameter": (with_parameter("header", "X-Id"), with_parameter("header", "x-id")),
    "case of a header": (with_header("X-Rate"), with_header("x-rate")),
    "charset sent": (sent(TEXT), sent(TEXT, media='application/JSON; charset="utf-8"')),
    "charset read": (read(TEXT), read(TEXT, media="application/json;charset=UTF-8")),
    "order of security": (asking_for(["Key"], ["Bearer"]), asking_for(["Bearer"], ["Key"])),
    "no server": (document(), at("/")),
    "case of a host": (at("https://A.example/"), at("https://a.example")),
    "mapping by name": (told_apart(), told_apart(MAPPED)),
    "path parameter": (
        with_parameter("path", "id", "/t/{id}"),
        with_parameter("path", "taskId", "/t/{taskId}"),
    ),
    "one value": (sent({"const": "a"}, NEW), sent({"enum": ["a"]})),
    "type of the listed values": (sent({"enum": ["a", "b"]}), sent(TEXT | {"enum": ["a", "b"]})),
    "what is said of other types": (sent(TEXT), sent(TEXT | {"minimum": 3, "items": NUMBER})),
    "values one by one": (
        sent(TEXT | {"enum": ["a", "b"]}, NEW),
        sent(TEXT | {"oneOf": [{"const": "a", "title": "A"}, {"const": "b"}]}, NEW),
    ),
    "null in three ways": (
        read({"nullable": True, "allOf": [CAT]}),
        read({"oneOf": [CAT, {"const": None}]}, NEW),
    ),
    "null alone": (sent({"const": None}, NEW), sent({"type": "null"}, NEW)),
    "nothing among alternatives": (sent({"anyOf": [False, TEXT]}, NEW), sent(TEXT, NEW)),
    "integers among numbers": (
        sent({"anyOf": [NUMBER, {"type": "integer"}]}),
        sent(NUMBER),
    ),
    "anything among alternatives": (sent({"anyOf": [True, TEXT]}, NEW), sent({}, NEW)),
    "exclusive bound of integers": (
        sent({"type": "integer", "exclusiveMinimum": 0}, NEW),
        sent({"type": "integer", "minimum": 1}),
    ),
    "words about anything": (
        sent({"additionalProperties": {"description": "more"}}),
        sent({}),
    ),
    "one of what is contained": (
        sent({"contains": TEXT}, NEW),
        sent({"contains": TEXT, "minContains": 1}, NEW),
    ),
    "default dialect": (
        document(NEW),
        document(NEW, root={"jsonSchemaDialect": f"{OAS}/3.1/dialect/base"}),
    ),
    "explode of a single value": (with_parameter(), with_parameter(explode=False)),
    "key as a parameter": (document(), with_parameter("header", "Authorization", required=True)),
    "type as a header": (document(), with_header("Content-Type")),
    "order of a type's parameters": (
        sent(TEXT, media='a/b; x=1; y="2"'),
        sent(TEXT, media="a/b;y=2;x=1"),
    ),
    "type of a part unsaid": (uploading(TEXT), uploading(TEXT, contentType="text/plain")),
    "types of a part": (
        uploading(TEXT, contentType="a/b, c/d"),
        uploading(TEXT, contentType="c/d,a/b"),
    ),
    "encoding of JSON": (sent(TEXT), encoded_json(contentType="image/png")),
    "name of a callback": (calling_back("string"), calling_back("string", name="finished")),
    "scopes that nobody needs": (
        asking_for_a_scope({"read": "words"}),
        asking_for_a_scope({"read": "other words", "write": "more"}),
    ),
    "usual port": (at("https://a:443/v1"), at("https://a/v1")),
    "server of the operation": (at("https://a"), document(servers=[{"url": "https://a"}])),
    "server by variable": (regions("eu", "us"), at("https://eu.a", "https://us.a")),
}


@pytest.mark.parametrize("case", SAME)
def test_what_means_the_same_is_the_same(case: str) -> None:
    """Two dialects, defaults written out, case and names that nobody sends: no difference."""
    old, new = SAME[case]
    for found in (compare(old, new), compare(new, old)):
        assert {change.line() for change in found if change.grade} == set()
        assert len(found) <= 2  # the version of OpenAPI, the new name, what has no effect
