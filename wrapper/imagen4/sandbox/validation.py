"""Checking a request against the document, and saying in one line what is wrong with it."""

from collections.abc import Iterable
from typing import Any

import jsonschema_rs
from attrs import frozen

from . import strictjson
from .documents import JSON_TYPE, Operation, Parameter
from .profiles import Refusal


@frozen
class RefusedError(Exception):
    """The request is not carried out. `detail` says more than the profile's usual words."""

    refusal: Refusal
    detail: str = ""


def checked_body(operation: Operation, content_type: str, raw: bytes) -> dict[str, Any]:
    """The JSON object in the body, right as the document has it; RefusedError otherwise."""
    if not _is_json_type(content_type):
        raise RefusedError(Refusal.UNREADABLE, f"Content-Type must be {JSON_TYPE}")
    try:
        value = strictjson.loads(raw)
    except strictjson.StrictJsonError:
        raise RefusedError(Refusal.UNREADABLE) from None
    if operation.body is not None:
        _check(operation.body, value)
    if not isinstance(value, dict):
        raise RefusedError(Refusal.INVALID)
    return value


def checked_parameters(operation: Operation, query: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The documented query parameters, each given once; RefusedError otherwise."""
    pairs = list(query)
    found = {}
    for parameter in operation.parameters:
        values = [value for name, value in pairs if name == parameter.name]
        if len(values) > 1 or (parameter.required and not values):
            raise RefusedError(Refusal.NO_TASK_ID)
        if values:
            found[parameter.name] = _checked_text(parameter, values[0])
    return found


def _checked_text(parameter: Parameter, text: str) -> str:
    if not parameter.validator.is_valid(text):
        raise RefusedError(Refusal.NO_TASK_ID)
    return text


def _is_json_type(content_type: str) -> bool:
    kind, *parameters = (part.strip().lower() for part in content_type.split(";"))
    return kind == JSON_TYPE and all(part in ("", "charset=utf-8") for part in parameters)


def _check(validator: jsonschema_rs.Draft4Validator, value: Any) -> None:
    error = next(iter(validator.iter_errors(value)), None)
    if error is not None:
        raise _refused(error)


def _refused(error: jsonschema_rs.ValidationError) -> RefusedError:
    where = ".".join(str(step) for step in error.instance_path)
    kind = error.kind.name
    if where == "model" and kind == "enum":
        return RefusedError(Refusal.UNKNOWN_MODEL)
    if kind == "required":
        return RefusedError(Refusal.INVALID, "This field is required")
    if kind == "enum":
        return RefusedError(Refusal.INVALID, f"{where} is not within the range of allowed options")
    # The message of the library repeats the value, which may be 5,000 characters of a prompt.
    return RefusedError(Refusal.INVALID, f"{where or 'body'} breaks the rule {kind} of its schema")
