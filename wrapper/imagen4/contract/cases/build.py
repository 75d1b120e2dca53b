"""Test cases: requests to the two operations."""

from __future__ import annotations

import json
from typing import Any

from ...facts.protocol import CREATE_PATH, DETAILS_PATH, INPUT, MODEL, TASK_ID
from ..credentials import Credential
from ..document import BODY_SCHEMA, NO_TASK_ANSWER, Document, Link
from ..exchange import Case, Expect, HttpRequest, Intent, Subject
from .values import usual

JSON_TYPE = "application/json"
UNKNOWN = "imagen4_contract"
"""A field that no server knows."""
CALLBACK = "https://callback.invalid/imagen4"
"""Never resolves (RFC 2606): a server under test can post nothing to anybody."""


def body(document: Document, /, **changes: Any) -> dict[str, Any]:
    """A createTask body with what the model requires, and a prompt; `changes` go into `input`."""
    names = dict.fromkeys([*document.required, *{"prompt"} & document.input_fields.keys()])
    plainest = {name: usual(document, name) for name in names}
    return {MODEL: document.model, INPUT: plainest | changes}


def encoded(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def create_case(value: Any, intent: Intent) -> Case:
    """A createTask with this JSON value as its body."""
    return raw_create_case(encoded(value), intent)


def raw_create_case(content: bytes, intent: Intent, content_type: str | None = JSON_TYPE) -> Case:
    return Case(HttpRequest("POST", CREATE_PATH, (), content, content_type), intent)


def accepted_create(value: Any, what: str) -> Case:
    return create_case(value, Intent(Expect.ACCEPT, Subject.PARAMETER, BODY_SCHEMA, what))


def read_case(task_id: str | None, intent: Intent, credential: Credential = Credential.KEY) -> Case:
    """A recordInfo for this task id; None leaves the parameter out."""
    query = () if task_id is None else ((TASK_ID, task_id),)
    return Case(HttpRequest("GET", DETAILS_PATH, query, credential=credential), intent)


def poll_case(link: Link, task_id: str, pointer: str) -> Case:
    """A recordInfo for a task that was created, asked the way the document links it."""
    intent = Intent(Expect.ACCEPT, Subject.POLL, pointer, "the record of a created task")
    return Case(HttpRequest("GET", link.path, ((link.parameter, task_id),)), intent)


def unknown_task_case(task_id: str, what: str) -> Case:
    return read_case(task_id, Intent(Expect.REFUSE, Subject.UNKNOWN_TASK, NO_TASK_ANSWER, what))
