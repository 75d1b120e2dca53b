"""Checking a request against the document, and saying in one line what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..facts.protocol import CREATE_PATH, MODEL
from . import strictjson
from .documents import JSON_TYPE, Operation, model_input
from .profiles import Refusal

if TYPE_CHECKING:
    import jsonschema_rs


class RefusedError(Exception):
    """The request is not carried out. `detail` says more than the profile's usual words."""

    def __init__(self, refusal: Refusal, detail: str = "") -> None:
        super().__init__(refusal, detail)
        self.refusal, self.detail = refusal, detail


def checked_body(
    gateway: str, operation: Operation, content_type: str, raw: bytes
) -> dict[str, Any]:
    """The JSON object in the body, right as the document has it; RefusedError otherwise."""
    if not _is_json_type(content_type):
        raise RefusedError(Refusal.UNREADABLE, f"Content-Type must be {JSON_TYPE}")
    try:
        value = strictjson.loads(raw)
    except strictjson.StrictJsonError:
        raise RefusedError(Refusal.UNREADABLE) from None
    validator = _check_of(gateway, operation, value)
    try:
        for error in () if validator is None else validator.iter_errors(value):
            raise _refusal_for(error)
    except ValueError:  # nested more deeply than the library goes
        raise RefusedError(Refusal.UNREADABLE) from None
    if not isinstance(value, dict):
        raise RefusedError(Refusal.INVALID)
    return value


def _check_of(
    gateway: str, operation: Operation, value: Any
) -> jsonschema_rs.Draft4Validator | None:
    """Of the model that the body names; of any body that names none, where that is the error."""
    model = value.get(MODEL) if isinstance(value, dict) else None
    if operation.path != CREATE_PATH or not isinstance(model, str):
        return operation.body
    try:
        return model_input(gateway, model).body
    except KeyError:
        raise RefusedError(Refusal.UNKNOWN_MODEL) from None


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
    error = _closest(error)
    where = ".".join(str(step) for step in error.instance_path)
    kind = error.kind.name
    if kind == "required":
        return RefusedError(Refusal.INVALID, f"{error.kind.as_dict()['property']} is required")
    if kind == "oneOf":
        return RefusedError(Refusal.INVALID, f"{where} fits several of its alternatives, not one")
    if kind == "enum":
        return RefusedError(Refusal.INVALID, f"{where} is not within the range of allowed options")
    # The message of the library repeats the value, which may be 5,000 characters of a prompt.
    return RefusedError(Refusal.INVALID, f"{where or 'body'} breaks the rule {kind} of its schema")


def _closest(error: jsonschema_rs.ValidationError) -> jsonschema_rs.ValidationError:
    """Of alternatives none of which fits, what is wrong with the one that comes closest.

    That is the one whose errors lie deepest, and that is not already of another type.
    """
    inner = [each[0] for each in getattr(error.kind, "context", ()) if each]
    if not inner:
        return error
    found = [_closest(each) for each in inner]
    return max(found, key=lambda each: (len(each.instance_path), each.kind.name != "type"))
