"""Planned requests to the two operations."""

import json
from typing import Any

from imagen4.contract.credentials import Credential
from imagen4.contract.document import BODY, CREATE, NO_TASK, RECORD, Link
from imagen4.contract.exchange import Expect, Intent, Planned, Request, Subject

MODEL = "google/imagen4"
JSON_TYPE = "application/json"
CALLBACK = "https://callback.invalid/imagen4"
"""Never resolves (RFC 2606): a server under test can post nothing to anybody."""
PROMPT = "A red fox in the snow"


def body(prompt: Any = PROMPT, /, **changes: Any) -> dict[str, Any]:
    """A createTask body; `changes` go into `input`."""
    return {"model": MODEL, "input": {"prompt": prompt, **changes}}


def encoded(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def create(value: Any, intent: Intent, credential: Credential = Credential.KEY) -> Planned:
    """A createTask with this JSON value as its body."""
    return raw_create(encoded(value), intent, credential=credential)


def raw_create(
    content: bytes,
    intent: Intent,
    content_type: str | None = JSON_TYPE,
    credential: Credential = Credential.KEY,
) -> Planned:
    request = Request(
        "POST", CREATE, content=content, content_type=content_type, credential=credential
    )
    return Planned(request, intent)


def accepted(value: Any, what: str) -> Planned:
    return create(value, Intent(Expect.ACCEPT, Subject.PARAMETER, BODY, what))


def record(task_id: str | None, intent: Intent, credential: Credential = Credential.KEY) -> Planned:
    """A recordInfo for this task id; None leaves the parameter out."""
    query = () if task_id is None else (("taskId", task_id),)
    return Planned(Request("GET", RECORD, query, credential=credential), intent)


def poll(link: Link, task_id: str, pointer: str) -> Planned:
    """A recordInfo for a task that was created, asked the way the document links it."""
    intent = Intent(Expect.ACCEPT, Subject.POLL, pointer, "the record of a created task")
    return Planned(Request("GET", link.path, ((link.parameter, task_id),)), intent)


def unknown(task_id: str, what: str) -> Planned:
    return record(task_id, Intent(Expect.REFUSE, Subject.UNKNOWN_TASK, NO_TASK, what))
