"""An Arazzo document of a gateway: from a create to its pictures, as any runner of Arazzo reads it.

Made by scripts/regenerate.py from the effective document beside it, so that another tool than
ours can say whether a server does what it is for. The key is an input, and goes out by the
document's own security scheme: a runner may write parameters into its logs.
"""

from typing import Any

from gateway_documents import Document
from imagen4.facts import DEFAULT_MODEL, protocol
from imagen4.facts.documents import body_media

POLL_EVERY = 3
"""Seconds. doc: 2 to 3 at first."""
POLLS = 300
"""doc: give up after 10 to 15 minutes."""
ANSWER = "$response.body#"
ACCEPTED = [
    {"condition": "$statusCode == 200"},
    {"condition": f"{ANSWER}/{protocol.CODE} == {int(protocol.Code.OK)}"},
]
TASK_ID = f"{ANSWER}/{protocol.DATA}/{protocol.TASK_ID}"
STATE = f"{ANSWER}/{protocol.DATA}/{protocol.STATE}"
RESULT = f"{ANSWER}/{protocol.DATA}/{protocol.RESULT_JSON}"
FIRST_URL = rf'"{protocol.RESULT_URLS}"\s*:\s*\[\s*"https?://'
PLAINEST = {protocol.MODEL: DEFAULT_MODEL, protocol.INPUT: {"prompt": "a red fox in the snow"}}
"""What is sent where a document gives no example."""
INPUTS = {
    "type": "object",
    "required": ["key"],
    "properties": {"key": {"type": "string", "format": "password"}},
}


def arazzo(gateway: str, effective: Document) -> dict[str, Any]:
    """The workflow `picture`; its source is the effective document in the same folder."""
    workflow = {
        "workflowId": "picture",
        "summary": "Creates a task, which is paid for, waits until it ended and reads its result.",
        "inputs": INPUTS,
        "steps": [_create(effective), _until_ended(effective), _result(effective)],
        "outputs": {"resultJson": "$steps.result.outputs.resultJson"},
    }
    return {
        "arazzo": "1.0.1",
        "info": {"title": f"A picture through {gateway}", "version": effective["info"]["version"]},
        "sourceDescriptions": [{"name": gateway, "url": "effective.json", "type": "openapi"}],
        "workflows": [workflow],
    }


def _create(effective: Document) -> dict[str, Any]:
    example = dict(body_media(effective).get("example", PLAINEST))
    example.pop(protocol.CALLBACK_URL, None)
    return {
        **_step("create", effective, protocol.CREATE_PATH, "post"),
        "requestBody": {"contentType": "application/json", "payload": example},
        "successCriteria": [*ACCEPTED, _matches(TASK_ID, r"\S")],
        "outputs": {"taskId": TASK_ID},
    }


def _until_ended(effective: Document) -> dict[str, Any]:
    again = {
        "name": "still-running",
        "type": "retry",
        "retryAfter": POLL_EVERY,
        "retryLimit": POLLS,
        "criteria": [*ACCEPTED, _is_one_of(protocol.RUNNING_STATES)],
    }
    return {
        **_record("ended", effective),
        "successCriteria": [*ACCEPTED, _is_one_of((protocol.SUCCEEDED, protocol.FAILED))],
        "onFailure": [again],
    }


def _result(effective: Document) -> dict[str, Any]:
    success = {"condition": f"{STATE} == '{protocol.SUCCEEDED}'"}
    same = {"condition": f"{TASK_ID} == $steps.create.outputs.taskId"}
    return {
        **_record("result", effective),
        "successCriteria": [*ACCEPTED, same, success, _matches(RESULT, FIRST_URL)],
        "outputs": {"resultJson": RESULT},
    }


def _record(name: str, effective: Document) -> dict[str, Any]:
    asked = {"name": protocol.TASK_ID, "in": "query", "value": "$steps.create.outputs.taskId"}
    return {**_step(name, effective, protocol.DETAILS_PATH, "get"), "parameters": [asked]}


def _step(name: str, effective: Document, path: str, method: str) -> dict[str, Any]:
    (scheme,) = effective["components"]["securitySchemes"]
    return {
        "stepId": name,
        "operationId": effective["paths"][path][method]["operationId"],
        "x-security": [{"schemeName": scheme, "values": {"token": "$inputs.key"}}],
    }


def _is_one_of(states: tuple[str, ...]) -> dict[str, str]:
    return _matches(STATE, f"^({'|'.join(states)})$")


def _matches(where: str, pattern: str) -> dict[str, str]:
    return {"context": where, "condition": pattern, "type": "regex"}
