"""Whether a request that left is one that the gateway's document describes."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import httpx

from consumer.documents import body_schema, body_validator, document, operation
from consumer.gateway import KEY


def violations(gateway: str, request: httpx.Request, name: str = "vendored") -> list[str]:
    """Everything about a request that the document does not allow; empty if it conforms."""
    described = document(gateway, name)
    path = request.url.path
    if path not in described["paths"]:
        return [f"no path {path}"]
    method, found = operation(gateway, path, name)
    server = described["servers"][0]["url"]
    checks = {
        f"method {request.method}": request.method == method,
        f"server {request.url}": str(request.url).startswith(server + path),
        "security": bearer(described, request) == [f"Bearer {KEY}"],
        "the key is elsewhere, too": KEY not in str(request.url) + request.content.decode(),
        "query": query_allowed(found, request),
    }
    wrong = [what for what, right in checks.items() if not right]
    return wrong + list(body_violations(gateway, request, name, "requestBody" in found))


def bearer(described: dict[str, Any], request: httpx.Request) -> list[str]:
    """What stands in the header of the document's one security scheme."""
    ((scheme,),) = described["security"]
    wanted = described["components"]["securitySchemes"][scheme]
    assert (wanted["type"], wanted["scheme"]) == ("http", "bearer")
    return request.headers.get_list("authorization")


def query_allowed(found: dict[str, Any], request: httpx.Request) -> bool:
    """Whether the query holds each required parameter once, and none that is not documented."""
    parameters = {each["name"]: each for each in found.get("parameters", [])}
    given = [name for name, _ in parse_qsl(request.url.query.decode(), strict_parsing=True)]
    required = {name for name, each in parameters.items() if each.get("required")}
    return len(given) == len(set(given)) and required <= set(given) <= set(parameters)


def body_violations(
    gateway: str, request: httpx.Request, name: str, documented: bool
) -> Iterator[str]:
    """What is wrong with the body: its type, its syntax, its schema, its field names."""
    if not documented:
        if request.content:
            yield "a body that no document knows"
        return
    if request.headers.get_list("content-type") != ["application/json"]:
        yield f"content type {request.headers.get('content-type')}"
    if request.headers.get("content-length") != str(len(request.content)):
        yield "content length"
    body = strict_json(request.content)
    path = request.url.path
    yield from (error.message for error in body_validator(gateway, path, name).iter_errors(body))
    yield from undocumented(body, body_schema(gateway, path, name))


def strict_json(content: bytes) -> Any:
    """The JSON value of UTF-8 text, without the liberties that Python's reader takes."""

    def no_constant(word: str) -> None:
        raise ValueError(f"{word} is not JSON")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(pairs) == len(dict(pairs)), "a name twice in one object"
        return dict(pairs)

    text = content.decode("utf-8", "strict")
    return json.loads(text, parse_constant=no_constant, object_pairs_hook=once)


def undocumented(value: Any, schema: dict[str, Any], place: str = "") -> Iterator[str]:
    """Fields that no document knows: the schemas are open and would let them pass."""
    if not isinstance(value, dict):
        return
    known = schema.get("properties", {})
    for name, inner in value.items():
        if name not in known:
            yield f"undocumented {place}/{name}"
        else:
            yield from undocumented(inner, known[name], f"{place}/{name}")
