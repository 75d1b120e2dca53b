"""The effective OpenAPI documents, and checks of requests made from them.

Nothing about a request is typed by hand here: which paths a gateway has, which parameters are
required, which body is right, all come from `effective.json` of the generated packages, and
what a create may hold from the schema of its model.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import jsonschema_rs

from ..facts.documents import body_media, document
from ..facts.gateways import DEFAULT_MODEL
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


@dataclass(frozen=True, slots=True)
class ModelInput:
    """What a create for one model of a gateway takes."""

    body: jsonschema_rs.Draft4Validator
    """Of the whole body, `input` included."""
    fields: dict[str, Any]
    """The schemas of the fields of `input`, by name."""

    @property
    def defaults(self) -> dict[str, Any]:
        return {name: field["default"] for name, field in self.fields.items() if "default" in field}

    @property
    def numbers(self) -> tuple[str, ...]:
        """Fields whose values are numbers, listed as texts."""
        return tuple(name for name, field in self.fields.items() if _lists_numbers(field))


def _lists_numbers(field: dict[str, Any]) -> bool:
    values = [value for value in field.get("enum", ()) if value is not None]
    return bool(values) and all(isinstance(each, str) and each.isdecimal() for each in values)


def last_segment(path: str) -> str:
    """Last segment of the path: createTask, recordInfo, credit, download-url."""
    return path.rpartition("/")[2]


@cache
def operations(gateway: str) -> tuple[Operation, ...]:
    """The operations of a gateway's document."""
    content = _schema_document(gateway, DEFAULT_MODEL)
    return tuple(
        _operation(content, path, method)
        for path, item in content["paths"].items()
        for method in METHODS
        if method in item
    )


@cache
def model_input(gateway: str, model: str) -> ModelInput:
    """KeyError for a model that the gateway does not have, or whose page is not vendored."""
    content = _schema_document(gateway, model)
    fields = body_media(content)["schema"]["properties"][INPUT]["properties"]
    return ModelInput(_validator(content, _body_of(CREATE_PATH, "post")), fields)


def _schema_document(gateway: str, model: str) -> dict[str, Any]:
    found: dict[str, Any] = _with_null_types(document(gateway, "effective", model))
    return found


def _body_of(path: str, method: str) -> str:
    media = f"requestBody/content/{_pointer_segment(JSON_TYPE)}"
    return f"#/paths/{_pointer_segment(path)}/{method}/{media}/schema"


def _operation(content: dict[str, Any], path: str, method: str) -> Operation:
    pointer = f"#/paths/{_pointer_segment(path)}/{method}"
    item = content["paths"][path][method]
    media = item.get("requestBody", {}).get("content", {})
    return Operation(
        name=last_segment(path),
        path=path,
        method=method.upper(),
        body=_validator(content, _body_of(path, method)) if JSON_TYPE in media else None,
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
