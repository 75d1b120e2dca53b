"""Checking a request against the document, and saying in one line what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..facts.protocol import MODEL
from . import strictjson
from .documents import JSON_TYPE, Operation
from .profiles import Refusal

if TYPE_CHECKING:
    import jsonschema_rs


class RefusedError(Exception):
    """The request is not carried out. `detail` says more than the profile's usual words."""

    def __init__(self, refusal: Refusal, detail: str = "") -> None:
        super().__init__(refusal, detail)
        self.refusal, self.detail = refusal, detail


def checked_body(operation: Operation, content_type: str, raw: bytes) -> dict[str, Any]:
    """The JSON object in the body, right as the document has it; RefusedError otherwise."""
    if not _is_json_type(content_type):
        raise RefusedError(Refusal.UNREADABLE, f"Content-Type must be {JSON_TYPE}")
    try:
        value = strictjson.loads(raw)
    except strictjson.StrictJsonError:
        raise RefusedError(Refusal.UNREADABLE) from None
    errors = () if operation.body is None else operation.body.iter_errors(value)
    for error in errors:
        raise _refusal_for(error)
    if not isinstance(value, dict):
        raise RefusedError(Refusal.INVALID)
    return value


def checked_parameters(operation: Operation, query: list[tuple[str, str]]) -> dict[str, str]:
    """The documented query parameters, each given once; RefusedError otherwise."""
    found: dict[str, str] = {}
    for parameter in operation.parameters:
        values = [value for name, value in query if name == parameter.name]
        miscounted = len(values) > 1 or (parameter.required and not values)
        if miscounted or not all(map(parameter.validator.is_valid, values)):
            raise RefusedError(Refusal.NO_TASK_ID)
        found.update((parameter.name, value) for value in values)
    return found


def _is_json_type(content_type: str) -> bool:
    kind, *parameters = (part.strip().lower() for part in content_type.split(";"))
    return kind == JSON_TYPE and all(part in ("", "charset=utf-8") for part in parameters)


def _refusal_for(error: jsonschema_rs.ValidationError) -> RefusedError:
    where = ".".join(str(step) for step in error.instance_path)
    kind = error.kind.name
    if where == MODEL and kind == "enum":
        return RefusedError(Refusal.UNKNOWN_MODEL)
    if kind == "required":
        return RefusedError(Refusal.INVALID, "This field is required")
    if kind == "enum":
        return RefusedError(Refusal.INVALID, f"{where} is not within the range of allowed options")
    # The message of the library repeats the value, which may be 5,000 characters of a prompt.
    return RefusedError(Refusal.INVALID, f"{where or 'body'} breaks the rule {kind} of its schema")
