"""The failure this prevents: a change at a place that no rule looks at, and no line about it."""

import copy
import json
from collections.abc import Iterator
from functools import reduce
from operator import getitem
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from differences import compare

# What holds things by name, where another name is another thing.
NAMED = (
    *("properties", "patternProperties", "schemas", "securitySchemes", "headers", "links"),
    *("callbacks", "content", "encoding", "webhooks", "variables", "responses", "mapping"),
    *("discriminator", "scopes"),
)
TEXT = st.sampled_from(["a", "b", "c d"])
NUMBER = st.integers(1, 9)
JSON = st.one_of(TEXT, NUMBER, st.booleans())
TYPES = st.sampled_from(["string", "number", "boolean", "object", "array"])


def _schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Schemas in which no keyword is made void by another."""
    several = st.lists(inner, min_size=2, max_size=3, unique_by=repr)
    named = st.dictionaries(TEXT, inner, min_size=1)
    keywords: dict[str, st.SearchStrategy[Any]] = {
        "type": TYPES | st.lists(TYPES | st.just("null"), min_size=2, max_size=3, unique=True),
        "enum": st.lists(JSON, min_size=1, max_size=3, unique_by=repr),
        "items": inner,
        "properties": named,
        "patternProperties": named,
        "required": st.lists(TEXT, min_size=1, unique=True),
        **dict.fromkeys(("default", "const", "example"), JSON),
        **dict.fromkeys(("description", "pattern", "format", "contentEncoding", "x-own"), TEXT),
        **dict.fromkeys(("maxLength", "minLength", "exclusiveMinimum", "maximum"), NUMBER),
        **dict.fromkeys(("minItems", "multipleOf"), NUMBER),
        "minContains": st.integers(2, 9),  # one is what `contains` says
        **dict.fromkeys(("readOnly", "writeOnly", "deprecated", "uniqueItems"), st.just(True)),
        **dict.fromkeys(("additionalProperties", "not", "if", "then", "contains"), inner),
        **dict.fromkeys(("oneOf", "anyOf", "prefixItems"), several),
    }
    return st.lists(st.sampled_from(sorted(keywords)), min_size=1, max_size=4, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: keywords[name] for name in names})
    )


SCHEMAS = st.recursive(st.fixed_dictionaries({"type": TYPES}), _schemas, max_leaves=6)


def _document(schema: Any) -> dict[str, Any]:
    """A document that says everything once: what it sends, it gets back, and is called with."""
    part = {"type": "object", "properties": {"kind": {"type": "string"}}}
    media = {"multipart/form-data": {"schema": schema, "encoding": {"a": {"contentType": "b"}}}}
    body = {"description": "d", "required": True, "content": media}
    header = {"description": "h", "required": True, "schema": {"type": "string"}}
    answer = {
        "description": "e",
        "content": {"application/json": {"schema": schema, "example": {"a": 1}}},
        "headers": {
            "X-Rate": {"$ref": "#/components/headers/Rate", "summary": "r"},
            "x-low": {"content": {"text/plain": {"schema": schema}}},
        },
        "links": {"next": {"operationId": "go", "parameters": {"a": "$response.body#/id"}}},
    }
    parameters = [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
        {"name": "q", "in": "query", "style": "deepObject", "schema": {"type": "object"}},
        {"name": "X-C", "in": "header", "content": {"application/json": {"schema": schema}}},
    ]
    chosen = {
        "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
        "discriminator": {"propertyName": "kind", "mapping": {"dog": "Dog"}},
    }
    beside = {"$ref": "#/components/schemas/Cat", "default": {"kind": "x"}, "readOnly": True}
    called = {"post": {"parameters": parameters[1:], "requestBody": body, "responses": {}}}
    made = {"properties": {"chosen": chosen, "beside": beside}}
    document = {
        "openapi": "3.1.0",
        "servers": [
            {"url": "https://{r}.a", "variables": {"r": {"default": "eu", "enum": ["eu"]}}}
        ],
        "security": [{"Key": []}],
        "externalDocs": {"url": "https://docs.a"},
        "paths": {
            "/t/{id}": {
                "summary": "t",
                "parameters": parameters[:1],
                "post": {
                    "operationId": "go",
                    "deprecated": True,
                    "parameters": parameters[1:],
                    "requestBody": body,
                    "responses": {"200": answer, "default": {"description": "bad"}},
                    "callbacks": {"done": {"{$request.body#/u}": called}},
                },
                "put": {
                    "requestBody": {"content": {"application/json": {"schema": made}}},
                    "responses": {"4XX": {"description": "no"}},
                    "security": [{"Key": []}, {"Flow": ["all"]}],
                    "servers": [{"url": "/v2"}],
                },
            }
        },
        "webhooks": {"told": called},
        "components": {
            "schemas": {
                "Cat": part | {"required": ["kind"]},
                "Dog": part | {"minProperties": 1},
                "Nobody": {"type": "string"},
            },
            "headers": {"Rate": header},
            "securitySchemes": {
                "Key": {"type": "apiKey", "in": "header", "name": "X-Key", "description": "k"},
                "Flow": {"type": "oauth2", "flows": {"implicit": {"scopes": {"all": "words"}}}},
            },
        },
    }
    return json.loads(json.dumps(document))  # nothing shared: an edit is at one place


def _pointers(node: Any) -> Iterator[tuple[str | int, ...]]:
    keys = range(len(node)) if isinstance(node, list) else node if isinstance(node, dict) else ()
    for key in keys:
        yield (key,)
        yield from ((key, *rest) for rest in _pointers(node[key]))


def _edits(document: Any) -> list[tuple[str, tuple[str | int, ...]]]:
    """What can be done at one place so that the document still is one, and says something else."""
    found: list[tuple[str, tuple[str | int, ...]]] = []
    for pointer in _pointers(document):
        value = reduce(getitem, pointer, document)
        if pointer[-1] in ("$ref", "openapi", "in", "paths", "components"):
            continue
        if value != {}:
            found.append(("leave out", pointer))
        if not isinstance(value, dict | list):
            found.append(("replace", pointer))
        named = pointer[-1] in NAMED or pointer[-2:-1] in (("security",), ("callbacks",))
        if isinstance(value, dict) and not named:
            found.append(("add", pointer))
    return found


def _edited(document: Any, how: str, pointer: tuple[str | int, ...]) -> Any:
    """A copy of the document that differs at one place."""
    changed = copy.deepcopy(document)
    *above, key = pointer
    around = reduce(getitem, above, changed)
    if how == "leave out":
        del around[key]
    elif how == "add":
        around[key]["novel"] = 7
    elif isinstance(around[key], bool):
        around[key] = not around[key]
    else:
        around[key] += "~" if isinstance(around[key], str) else 1
    return changed


@settings(max_examples=max(30, settings.default.max_examples // 2))
@given(SCHEMAS, st.data())
def test_a_change_anywhere_is_reported(schema: Any, data: st.DataObject) -> None:
    """Leave out, replace or add one thing: there is a line, and none where there was no change."""
    document = _document(schema)
    how, pointer = data.draw(st.sampled_from(_edits(document)))
    assert compare(document, _edited(document, how, pointer)), (how, pointer, schema)
    assert compare(document, copy.deepcopy(document)) == []


@settings(max_examples=max(30, settings.default.max_examples // 2))
@given(SCHEMAS, st.data())
def test_a_change_within_a_schema_is_reported(schema: Any, data: st.DataObject) -> None:
    """The same where most keywords are: in what a request, an answer and a callback hold."""
    schema = {"type": "object", "properties": {"p": schema}}
    how, pointer = data.draw(st.sampled_from(_edits(schema)))
    old, new = _document(schema), _document(_edited(schema, how, pointer))
    assert compare(old, new), (how, pointer, schema)
