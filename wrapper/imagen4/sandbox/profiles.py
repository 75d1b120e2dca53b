"""How answers look: as the wire was seen to answer, or as the documents promise.

A refusal is decided once, in operations.py; the tables here say what it looks like. Which fact
each line rests on stands in the docstring of the package.
"""

from __future__ import annotations

import json
import secrets
import zlib
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from ..facts import protocol
from ..facts.protocol import FAILED, GENERATING, QUEUING, SUCCEEDED, WAITING, Code
from .documents import JSON_TYPE
from .strictjson import dumps
from .tasks import FINAL_STATES, SandboxTask, TaskStage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Refusal(Enum):
    """Every reason a request is not carried out."""

    UNAUTHORIZED = "unauthorized"
    NO_CREDITS = "no credits"
    INVALID = "invalid"
    UNREADABLE = "unreadable"
    UNKNOWN_MODEL = "unknown model"
    NO_TASK_ID = "no task id"
    UNKNOWN_TASK = "unknown task"
    TOO_MANY = "too many"
    WRONG_URL = "wrong url"
    NO_SUCH_PATH = "no such path"
    NO_SUCH_METHOD = "no such method"


@dataclass(frozen=True, slots=True)
class SandboxAnswer:
    """An HTTP status and the envelope under it."""

    status: int
    body: Mapping[str, Any]


OBSERVED_REFUSALS = {
    Refusal.UNAUTHORIZED: (Code.UNAUTHORIZED, "You do not have access permissions"),
    Refusal.NO_CREDITS: (Code.NO_CREDITS, "Credits insufficient"),
    Refusal.INVALID: (Code.SERVER_ERROR, "This field is required"),
    Refusal.UNREADABLE: (Code.SERVER_ERROR, "Server exception, please try again later"),
    Refusal.UNKNOWN_MODEL: (Code.INVALID, "The model name you specified is not supported"),
    Refusal.NO_TASK_ID: (Code.INVALID, "recordInfo is null"),
    Refusal.UNKNOWN_TASK: (Code.INVALID, "recordInfo is null"),
    Refusal.TOO_MANY: (Code.RATE_LIMITED, "Your call frequency is too high"),
    Refusal.WRONG_URL: (Code.INVALID, "url is wrong"),
    Refusal.NO_SUCH_PATH: (Code.NOT_FOUND, "Not Found"),
    Refusal.NO_SUCH_METHOD: (405, "Method Not Allowed"),
}
DOCUMENTED_REFUSALS = {
    Refusal.UNAUTHORIZED: (Code.UNAUTHORIZED, "Unauthorized"),
    Refusal.NO_CREDITS: (Code.NO_CREDITS, "Insufficient Credits"),
    Refusal.INVALID: (Code.INVALID, "Validation Error"),
    Refusal.UNREADABLE: (Code.INVALID, "The body is not the JSON it should be"),
    Refusal.UNKNOWN_MODEL: (Code.INVALID, "The model is not supported"),
    Refusal.NO_TASK_ID: (Code.INVALID, "taskId parameter is required"),
    Refusal.UNKNOWN_TASK: (Code.NOT_FOUND, "Task not found"),
    Refusal.TOO_MANY: (Code.RATE_LIMITED, "Rate limit exceeded"),
    Refusal.WRONG_URL: (Code.INVALID, "url is wrong"),
    Refusal.NO_SUCH_PATH: (Code.NOT_FOUND, "Not Found"),
    Refusal.NO_SUCH_METHOD: (405, "Method Not Allowed"),
}
ALWAYS_IN_STATUS = (Refusal.NO_SUCH_PATH, Refusal.NO_SUCH_METHOD)
"""wire: an unknown path was the only request that HTTP itself refused."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One way of answering."""

    refusals: Mapping[Refusal, tuple[int, str]]
    """The code of each, and what is said unless the refusal has a detail."""
    verdict_in_status: bool
    """Whether the HTTP status repeats the code, and a refusal has no `data: null`."""
    media_type: str
    """Of every envelope."""
    compresses: bool
    """Whether envelopes are gzipped for whoever takes that, and sent in chunks."""
    stages: Callable[[float], tuple[TaskStage, ...]]
    """The states of a task that is not done yet, from the seconds that it waits."""
    new_id: Callable[[float], str]
    created: Callable[[SandboxTask], dict[str, Any]]
    record: Callable[[SandboxTask, float], dict[str, Any]]
    headers: Callable[[], dict[str, str]]
    """What every answer carries beside its content."""

    def success(self, data: Any) -> SandboxAnswer:
        return SandboxAnswer(200, make_envelope(Code.OK, "success", data))

    def refusal(self, refusal: Refusal, detail: str = "") -> SandboxAnswer:
        code, message = self.refusals[refusal]
        body = make_envelope(code, detail or message, None)
        if self.verdict_in_status or refusal is Refusal.UNAUTHORIZED:
            del body[protocol.DATA]
        in_status = self.verdict_in_status or refusal in ALWAYS_IN_STATUS
        return SandboxAnswer(int(code) if in_status else 200, body)

    def error(self, code: int, message: str) -> SandboxAnswer:
        """An envelope with any code, in this profile's style."""
        status = code if self.verdict_in_status else 200
        return SandboxAnswer(status, make_envelope(code, message, None))


def make_envelope(code: int, message: str, data: Any) -> dict[str, Any]:
    return {protocol.CODE: int(code), protocol.MESSAGE: message, protocol.DATA: data}


def unix_milliseconds(seconds: float) -> int:
    return int(seconds * 1000)


def _result_json(task: SandboxTask, state: str) -> str:
    if state != SUCCEEDED:
        return ""
    broken = task.script.result_text
    return dumps({protocol.RESULT_URLS: task.urls()}) if broken is None else broken


def _common_record(task: SandboxTask, state: str, param: str, unset: str | None) -> dict[str, Any]:
    """What a record has in both profiles; `unset` stands where there is nothing to say."""
    failed = state == FAILED
    return {
        protocol.TASK_ID: task.id,
        protocol.MODEL: task.model,
        protocol.STATE: state,
        protocol.PARAM: param,
        protocol.RESULT_JSON: _result_json(task, state),
        protocol.FAIL_CODE: task.script.fail_code if failed else unset,
        protocol.FAIL_MESSAGE: task.script.fail_message if failed else unset,
    }


def _observed_record(task: SandboxTask, now: float) -> dict[str, Any]:
    """Exactly the ten keys seen, with null where there is nothing to say."""
    state, created = task.state(now), unix_milliseconds(task.created)
    completed = cost = None
    if state == SUCCEEDED and task.completed is not None:
        completed = unix_milliseconds(task.completed)
        cost = _observed_cost(task, completed - created)
    return {
        **_common_record(task, state, dumps(_observed_param(task)), unset=None),
        protocol.COST_TIME: cost,
        protocol.COMPLETE_TIME: completed,
        protocol.CREATE_TIME: created,
    }


def _observed_param(task: SandboxTask) -> dict[str, Any]:
    """wire: `input` comes first and is text; numbers out of a list of texts are kept as numbers."""
    given = task.request.get(protocol.INPUT, {})
    kept = {name: int(given[name]) for name in task.numbers if name in given}
    others = {name: value for name, value in task.request.items() if name != protocol.INPUT}
    return {protocol.INPUT: dumps({**given, **kept}), **others}


def _observed_cost(task: SandboxTask, took: int) -> int:
    """wire: whole seconds by another clock, from 1.273 s too few to 0.2 s too many."""
    return max(0, (took + 200 - zlib.crc32(task.id.encode()) % 473) // 1000)


def _documented_record(task: SandboxTask, now: float) -> dict[str, Any]:
    """Empty strings where there is nothing to say; times only once they are known."""
    state, created = task.state(now), unix_milliseconds(task.created)
    param = json.dumps(dict(task.request), ensure_ascii=False)
    record = {
        **_common_record(task, state, param, unset=""),
        protocol.CREATE_TIME: created,
        protocol.UPDATE_TIME: unix_milliseconds(task.updated(now)),
    }
    if state in FINAL_STATES and task.completed is not None:
        record[protocol.COMPLETE_TIME] = unix_milliseconds(task.completed)
        if state == SUCCEEDED:
            record[protocol.COST_TIME] = unix_milliseconds(task.completed) - created
    return record


def _observed_headers() -> dict[str, str]:
    ray, session = secrets.token_hex(8), secrets.token_hex(16).upper()
    cookie = f"JSESSIONID={session}; Path=/; HttpOnly"
    return {"server": "cloudflare", "cf-ray": f"{ray}-AMS", "set-cookie": cookie}


def _observed_stages(waiting: float) -> tuple[TaskStage, ...]:
    """wire: a task shows one running state, waiting (59) or generating (5), never both."""
    return (TaskStage(0.0, WAITING if waiting else GENERATING),)


def _documented_stages(waiting: float) -> tuple[TaskStage, ...]:
    return (
        TaskStage(0.0, WAITING),
        TaskStage(waiting / 2, QUEUING),
        TaskStage(waiting, GENERATING),
    )


class _DocumentedIds:
    """`task_google_` and a time in milliseconds, as in the documents' example; never twice."""

    def __init__(self) -> None:
        self._last = 0

    def __call__(self, now: float) -> str:
        self._last = max(self._last + 1, unix_milliseconds(now))
        return f"task_google_{self._last}"


PROFILES = {
    "observed": Profile(
        refusals=OBSERVED_REFUSALS,
        verdict_in_status=False,
        media_type=f"{JSON_TYPE};charset=UTF-8",
        compresses=True,
        stages=_observed_stages,
        new_id=lambda _now: secrets.token_hex(16),
        created=lambda task: {protocol.TASK_ID: task.id, protocol.RECORD_ID: task.id},
        record=_observed_record,
        headers=_observed_headers,
    ),
    "documented": Profile(
        refusals=DOCUMENTED_REFUSALS,
        verdict_in_status=True,
        media_type=JSON_TYPE,
        compresses=False,
        stages=_documented_stages,
        new_id=_DocumentedIds(),
        created=lambda task: {protocol.TASK_ID: task.id},
        record=_documented_record,
        headers=dict,
    ),
}
