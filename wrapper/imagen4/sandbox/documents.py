"""The effective OpenAPI documents, and checks of requests made from them.

Nothing about a request is typed by hand here: which paths a gateway has, which parameters are
required, which body is right, all come from `effective.json` of the generated packages.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import jsonschema_rs

from ..facts.documents import document
from ..facts.protocol import CREATE_PATH, INPUT

METHODS = ("get", "post", "put", "patch", "delete")
JSON_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter and the check of its text."""

    name: str
    required: bool
    validator: jsonschema_rs.Draft4Validator


@dataclass(frozen=True, slots=True)
class Operation:
    """One path and method of a gateway, with the checks of what it takes."""

    name: str
    path: str
    method: str
    body: jsonschema_rs.Draft4Validator | None
    parameters: tuple[Parameter, ...]


def last_segment(path: str) -> str:
    """Last segment of the path: createTask, recordInfo, credit, download-url."""
    return path.rpartition("/")[2]


@cache
def operations(gateway: str) -> tuple[Operation, ...]:
    """The operations of a gateway's document."""
    content = _schema_document(gateway)
    return tuple(
        _operation(content, path, method)
        for path, item in content["paths"].items()
        for method in METHODS
        if method in item
    )


@cache
def input_fields(gateway: str) -> dict[str, Any]:
    """The fields that createTask's `input` has in the document, with their defaults."""
    content: dict[str, Any] = jsonschema_rs.dereference(_schema_document(gateway))
    body = content["paths"][CREATE_PATH]["post"]["requestBody"]["content"][JSON_TYPE]["schema"]
    fields = body["properties"][INPUT]["properties"]
    return {name: schema.get("default") for name, schema in fields.items()}


@cache
def _schema_document(gateway: str) -> dict[str, Any]:
    found: dict[str, Any] = _with_null_types(document(gateway, "effective"))
    return found


def _operation(content: dict[str, Any], path: str, method: str) -> Operation:
    pointer = f"#/paths/{_pointer_segment(path)}/{method}"
    item = content["paths"][path][method]
    media = item.get("requestBody", {}).get("content", {})
    body = f"{pointer}/requestBody/content/{_pointer_segment(JSON_TYPE)}/schema"
    return Operation(
        name=last_segment(path),
        path=path,
        method=method.upper(),
        body=_validator(content, body) if JSON_TYPE in media else None,
        parameters=tuple(
            Parameter(
                name=parameter["name"],
                required=parameter.get("required", False),
                validator=_validator(content, f"{pointer}/parameters/{index}/schema"),
            )
            for index, parameter in enumerate(item.get("parameters", []))
            if parameter["in"] == "query"
        ),
    )


def _validator(content: dict[str, Any], pointer: str) -> jsonschema_rs.Draft4Validator:
    # Schema Object of OpenAPI 3.0 is close to draft 4; the whole document is the root, so that
    # its own references resolve, and the keywords JSON Schema does not know are passed over.
    root = {**content, "allOf": [{"$ref": pointer}]}
    return jsonschema_rs.Draft4Validator(root, validate_formats=True)


def _pointer_segment(text: str) -> str:
    """The text as one step of a JSON pointer."""
    return text.replace("~", "~0").replace("/", "~1")


def _with_null_types(node: Any) -> Any:
    """OpenAPI 3.0 writes `nullable: true` where JSON Schema has a type more."""
    if isinstance(node, list):
        return [_with_null_types(item) for item in node]
    if not isinstance(node, dict):
        return node
    changed = {key: _with_null_types(value) for key, value in node.items()}
    if changed.get("nullable") is True and isinstance(changed.get("type"), str):
        changed["type"] = [changed["type"], "null"]
        if isinstance(changed.get("enum"), list):
            changed["enum"] = [*changed["enum"], None]
    return changed
