"""What the documents demand, worked out from the documents themselves.

So that a ratio, a field or a limit that a document gains is tested from that day on, and
nothing here has to be kept up by hand.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import jsonschema_rs

from imagen4.facts import GATEWAYS, documents
from imagen4.facts.protocol import CREATE_PATH as CREATE
from imagen4.facts.protocol import CREDITS_PATH as CREDITS
from imagen4.facts.protocol import DETAILS_PATH as DETAILS
from imagen4.facts.protocol import LINK_PATH as LINK

Kind = Literal["vendored", "effective", "contract"]

__all__ = ["CREATE", "CREDITS", "DETAILS", "GATEWAYS", "LINK"]


@cache
def document(gateway: str, name: Kind = "vendored") -> dict[str, Any]:
    """One of a gateway's JSON documents: vendored, or effective (with the client's overlays)."""
    return documents.document(gateway, name)


def operation(gateway: str, path: str, name: Kind = "vendored") -> tuple[str, dict[str, Any]]:
    """The one operation of a path: its method in capitals, and what the document says of it."""
    ((method, found),) = document(gateway, name)["paths"][path].items()
    return method.upper(), found


def body_schema(gateway: str, path: str = CREATE, name: Kind = "vendored") -> dict[str, Any]:
    """The schema of a request's body."""
    content = operation(gateway, path, name)[1]["requestBody"]["content"]
    found: dict[str, Any] = content["application/json"]["schema"]
    return found


def answer_schema(gateway: str, path: str) -> dict[str, Any]:
    """The schema of a 200, as the client's overlays leave it."""
    responses = operation(gateway, path, "effective")[1]["responses"]
    found: dict[str, Any] = responses["200"]["content"]["application/json"]["schema"]
    return found


def inputs(gateway: str) -> dict[str, Any]:
    """The fields of `input` and their schemas."""
    found: dict[str, Any] = body_schema(gateway)["properties"]["input"]["properties"]
    return found


def has(gateway: str, path: str) -> bool:
    """Whether a gateway has an operation."""
    return path in document(gateway, "effective")["paths"]


@dataclass(frozen=True)
class Rule:
    """One thing that the document says about a field: `kind` "enum", "length" or "format"."""

    field: str
    kind: str
    value: Any


def rules(gateway: str) -> Iterator[Rule]:
    """Every enum value, length limit and format of a create's body, field by field."""
    body = body_schema(gateway)["properties"]
    for field, schema in {**body, **inputs(gateway)}.items():
        for value in schema.get("enum", ()):
            yield Rule(field, "enum", value)
        if "maxLength" in schema:
            yield Rule(field, "length", schema["maxLength"])
        if "format" in schema:
            yield Rule(field, "format", schema["format"])


@cache
def body_validator(gateway: str, path: str = CREATE, name: Kind = "vendored") -> Any:
    """Says whether a body is what the document allows; formats count."""
    return validator(body_schema(gateway, path, name))


@cache
def answer_validator(gateway: str, path: str) -> Any:
    """Says whether an answer is what the client's document allows."""
    components = nullable_as_type(document(gateway, "effective")["components"])
    return validator({**nullable_as_type(answer_schema(gateway, path)), "components": components})


def validator(schema: dict[str, Any]) -> Any:
    return jsonschema_rs.Draft4Validator(schema, validate_formats=True, ignore_unknown_formats=True)


def nullable_as_type(schema: Any) -> Any:
    """OpenAPI 3.0's `nullable` in the words of JSON Schema."""
    if isinstance(schema, list):
        return [nullable_as_type(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: nullable_as_type(value) for name, value in schema.items()}
    if plain.get("nullable") is True and isinstance(plain.get("type"), str):
        plain["type"] = [plain["type"], "null"]
    return plain
