"""Answers as a gateway could send them: what its schemas allow, and what they do not.

Two sources of conforming answers: the contract-testing tool's own generator, which knows
nothing of gateways, and one that follows the same schemas but prefers telling values.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode

from consumer.documents import (
    CREATE,
    CREDITS,
    DETAILS,
    LINK,
    answer_schema,
    answer_validator,
    document,
)
from consumer.gateway import CREATED, DONE, PICTURE, TASK_ID

GOOD: dict[str, Any] = {
    CREATE: CREATED,
    DETAILS: DONE,
    CREDITS: {"code": 200, "msg": "success", "data": 12.5},
    LINK: {"code": 200, "msg": "success", "data": "https://files.example/fresh.png"},
}
# Also ones that no document knows; 1xx are no answers, and 304 is one without a body.
STATUSES = (200, 201, 204, 302, 400, 401, 402, 403, 404, 408, 409, 422, 429, 433, 455)
STATUSES += (500, 501, 502, 503, 505, 520, 599)
TEXTS = ("", " ", "a b", "\n", "é", "x" * 300)
LIKELY: dict[str, tuple[Any, ...]] = {
    "code": (200, 200, 200, 0, -1, 400, 401, 402, 404, 408, 422, 429, 433, 455, 500, 501, 505),
    "msg": ("success", "recordInfo is null", *TEXTS),
    "taskId": (TASK_ID, TASK_ID, "task_google_1765172350621", *TEXTS),
    "recordId": (TASK_ID, *TEXTS),
    "state": ("success", "success", "fail", "waiting", "queuing", "generating", "queued", *TEXTS),
    "resultJson": (
        *(PICTURE, PICTURE, '{"resultUrls": []}', '{"resultUrls": [""]}', "{", "null"),
        *('{"resultUrls": "https://a"}', '{"resultUrls": [1]}', '{"resultObject": {}}', "[]", ""),
    ),
    "param": ('{"input": "{\\"seed\\": \\"7\\"}"}', '{"input": {"seed": 7}}', "{", "[]", ""),
    "costTime": (0, 12, 12000, -1, 1e300, 10**30),
    "createTime": (0, 1_765_172_350_621, -1, 1e300, 10**30),
    "completeTime": (0, 1_765_172_362_621, -1, 1e300, 10**30),
    "response": (json.loads(PICTURE), [], "x", 1, None),
}


@dataclass(frozen=True)
class Reply:
    """One answer on the wire."""

    status: int
    content: bytes

    @property
    def decoded(self) -> Any:
        """The JSON value; None for what is not JSON."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            return None

    def response(self) -> httpx.Response:
        return httpx.Response(self.status, content=self.content, headers={"a": "b"})


def reply(body: Any, status: int = 200) -> Reply:
    return Reply(status, json.dumps(body).encode())


def conforms(gateway: str, path: str, answer: Reply) -> bool:
    """Whether the body is what the effective schema allows."""
    decoded = answer.decoded
    if decoded is None:
        return False
    try:
        return bool(answer_validator(gateway, path).is_valid(decoded))
    except (TypeError, ValueError):  # NaN, and text that UTF-8 has no bytes for
        return False


@cache
def generated(gateway: str, path: str) -> st.SearchStrategy[Any]:
    """Bodies from the contract-testing tool: the schema as a request's body, which it can draw."""
    content = {"application/json": {"schema": answer_schema(gateway, path)}}
    responses = {"200": {"description": "synthetic"}}
    post = {"requestBody": {"required": True, "content": content}, "responses": responses}
    synthetic = {
        "openapi": "3.0.0",
        "info": {"title": "answers as requests", "version": "1"},
        "paths": {"/answer": {"post": post}},
        "components": document(gateway, "effective")["components"],
    }
    operation = schemathesis.openapi.from_dict(synthetic)["/answer"]["POST"]
    strategy = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    return strategy.map(lambda case: case.body)


def telling(gateway: str, path: str) -> st.SearchStrategy[Any]:
    """Bodies that follow the schema, many of them close to a good one."""
    components = document(gateway, "effective")["components"]["schemas"]
    drawn = drawn_from(answer_schema(gateway, path), components)
    return drawn | drawn.map(lambda body: overlaid(GOOD[path], body))


def overlaid(good: dict[str, Any], drawn: dict[str, Any]) -> dict[str, Any]:
    """The good body with what was drawn in its place."""
    both = isinstance(good.get("data"), dict) and isinstance(drawn.get("data"), dict)
    return good | drawn | ({"data": good["data"] | drawn["data"]} if both else {})


def drawn_from(schema: dict[str, Any], components: dict[str, Any], name: str = "") -> Any:
    """Values that a schema allows."""
    if "$ref" in schema:
        return drawn_from(components[schema["$ref"].rsplit("/", 1)[1]], components, name)
    null = st.none() if schema.get("nullable") else st.nothing()
    if "allOf" in schema:
        parts = [drawn_from(part, components) for part in schema["allOf"]]
        return null | st.tuples(*parts).map(
            lambda drawn: {k: v for d in drawn for k, v in d.items()}
        )
    if "properties" in schema:
        fields = schema["properties"].items()
        optional = {field: drawn_from(part, components, field) for field, part in fields}
        return null | st.fixed_dictionaries({}, optional=optional)
    return null | likely(name) | SIMPLE[schema.get("type", "any")](schema)


def likely(name: str) -> st.SearchStrategy[Any]:
    return st.sampled_from(LIKELY[name]) if name in LIKELY else st.nothing()


def numbers(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    low, high = schema.get("minimum"), schema.get("maximum")
    floats = st.floats(low, high, allow_nan=False, allow_infinity=False)
    return floats | st.integers(low, high)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SIMPLE: dict[str, Any] = {
    "string": lambda schema: TEXT,
    "integer": lambda schema: st.integers(),
    "number": numbers,
    "any": lambda schema: st.none() | st.booleans() | st.integers() | TEXT | st.lists(TEXT),
}
WRONG: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 201, 10**400, "", " ", "200x", "a b", "\ud800", "é"),
    *([], {}, [TASK_ID], {"taskId": TASK_ID}, [[]], {"": None}, float("nan"), float("inf")),
)
NOT_JSON: tuple[bytes, ...] = (
    *(b"", b" ", b"{", b'{"code":200,"data":{"taskId":"', b"<html>502 Bad Gateway</html>"),
    *(b"\xff\xfe\x00", b"\x80", b"\x1f\x8b\x08\x00", b"success", b"{'code': 200}", b"\x00"),
    *(b"[" * 100_000, b'{"code":' * 5_000, b"1" * 5_000, b'{"code":200}{"code":200}'),
)
NO_OBJECT: tuple[Any, ...] = (None, True, 200, 12.5, "200", "success", [], [CREATED], [200, {}])


def places(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The way to each field of an object."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*path, name)
            yield from places(inner, (*path, name))


def changed(body: dict[str, Any], place: tuple[str, ...], value: Any) -> dict[str, Any]:
    """The body with another value in one place; without the field where the value is `...`."""
    copy = deepcopy(body)
    target = copy
    for name in place[:-1]:
        target = target[name]
    if value is ...:
        del target[place[-1]]
    else:
        target[place[-1]] = value
    return copy
