"""How answers look: as the wire was seen to answer, or as the documents promise.

A refusal is decided once, in operations.py; the tables here say what it looks like. Which fact
each line rests on stands in the docstring of the package.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from attrs import frozen

from .strictjson import dumps
from .tasks import TERMINAL, Task


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


@frozen
class Answer:
    """An HTTP status and the envelope under it."""

    status: int
    body: Mapping[str, Any]

    @property
    def code(self) -> Any:
        return self.body.get("code")


@frozen
class Row:
    """One line of a refusal table. `msg` is what is said unless the refusal has a detail."""

    status: int
    code: int
    msg: str
    data: bool = True
    """Whether the envelope has `data: null`, or no `data` at all."""


OBSERVED_ROWS = {
    Refusal.UNAUTHORIZED: Row(200, 401, "You do not have access permissions", data=False),
    Refusal.NO_CREDITS: Row(200, 402, "Credits insufficient"),
    Refusal.INVALID: Row(200, 500, "This field is required"),
    Refusal.UNREADABLE: Row(200, 500, "Server exception, please try again later"),
    Refusal.UNKNOWN_MODEL: Row(200, 422, "The model name you specified is not supported"),
    Refusal.NO_TASK_ID: Row(200, 422, "recordInfo is null"),
    Refusal.UNKNOWN_TASK: Row(200, 422, "recordInfo is null"),
    Refusal.TOO_MANY: Row(200, 429, "Your call frequency is too high"),
    Refusal.WRONG_URL: Row(200, 422, "url is wrong"),
    Refusal.NO_SUCH_PATH: Row(404, 404, "Not Found"),
    Refusal.NO_SUCH_METHOD: Row(405, 405, "Method Not Allowed"),
}
DOCUMENTED_ROWS = {
    Refusal.UNAUTHORIZED: Row(401, 401, "Unauthorized", data=False),
    Refusal.NO_CREDITS: Row(402, 402, "Insufficient Credits", data=False),
    Refusal.INVALID: Row(422, 422, "Validation Error", data=False),
    Refusal.UNREADABLE: Row(422, 422, "The body is not the JSON it should be", data=False),
    Refusal.UNKNOWN_MODEL: Row(422, 422, "The model is not supported", data=False),
    Refusal.NO_TASK_ID: Row(422, 422, "taskId parameter is required", data=False),
    Refusal.UNKNOWN_TASK: Row(404, 404, "Task not found", data=False),
    Refusal.TOO_MANY: Row(429, 429, "Rate limit exceeded", data=False),
    Refusal.WRONG_URL: Row(422, 422, "url is wrong", data=False),
    Refusal.NO_SUCH_PATH: Row(404, 404, "Not Found", data=False),
    Refusal.NO_SUCH_METHOD: Row(405, 405, "Method Not Allowed", data=False),
}


@frozen
class Profile:
    """One way of answering."""

    name: str
    rows: Mapping[Refusal, Row]
    states: tuple[str, ...]
    """The states of a task that is not done yet, in order."""
    new_id: Callable[[float], str]
    created: Callable[[Task], dict[str, Any]]
    record: Callable[[Task, float], dict[str, Any]]
    headers: Callable[[], dict[str, str]]
    """What every answer carries beside its content."""

    def success(self, data: Any) -> Answer:
        return Answer(200, {"code": 200, "msg": "success", "data": data})

    def refusal(self, refusal: Refusal, detail: str = "") -> Answer:
        row = self.rows[refusal]
        body: dict[str, Any] = {"code": row.code, "msg": detail or row.msg}
        return Answer(row.status, {**body, "data": None} if row.data else body)

    def error(self, code: int, message: str) -> Answer:
        """An envelope with any code, in this profile's style."""
        status = 200 if self.name == "observed" else code
        return Answer(status, {"code": code, "msg": message, "data": None})


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)


def _result_json(task: Task) -> str:
    broken = task.script.result_text
    return dumps({"resultUrls": task.urls()}) if broken is None else broken


def _common(task: Task, state: str) -> dict[str, Any]:
    return {"taskId": task.id, "model": task.request["model"], "state": state}


def _observed_id(_now: float) -> str:
    return secrets.token_hex(16)


def _observed_headers() -> dict[str, str]:
    ray, session = secrets.token_hex(8), secrets.token_hex(16).upper()
    return {"cf-ray": f"{ray}-AMS", "set-cookie": f"JSESSIONID={session}; Path=/; HttpOnly"}


def _observed_created(task: Task) -> dict[str, Any]:
    return {"taskId": task.id, "recordId": task.id}


def _observed_record(task: Task, now: float) -> dict[str, Any]:
    """Exactly the ten keys seen, with null where there is nothing to say."""
    state = task.state(now)
    failed, done = state == "fail", state == "success"
    completed = _milliseconds(task.completed) if done and task.completed is not None else None
    created = _milliseconds(task.created)
    outer = {**task.request, "input": dumps(task.request.get("input", {}))}
    return {
        **_common(task, state),
        "param": dumps(outer),
        "resultJson": _result_json(task) if done else "",
        "failCode": task.script.fail_code if failed else None,
        "failMsg": task.script.fail_message if failed else None,
        "costTime": None if completed is None else (completed - created) // 1000,
        "completeTime": completed,
        "createTime": created,
    }


class _DocumentedIds:
    """`task_google_` and a time in milliseconds, as in the documents' example; never twice."""

    def __init__(self) -> None:
        self._last = 0

    def __call__(self, now: float) -> str:
        self._last = max(self._last + 1, _milliseconds(now))
        return f"task_google_{self._last}"


def _documented_created(task: Task) -> dict[str, Any]:
    return {"taskId": task.id}


def _documented_record(task: Task, now: float) -> dict[str, Any]:
    """Empty strings where there is nothing to say; times only once they are known."""
    state = task.state(now)
    failed, done = state == "fail", state == "success"
    created = _milliseconds(task.created)
    record = {
        **_common(task, state),
        "param": json.dumps(dict(task.request), ensure_ascii=False),
        "resultJson": _result_json(task) if done else "",
        "failCode": task.script.fail_code if failed else "",
        "failMsg": task.script.fail_message if failed else "",
        "createTime": created,
        "updateTime": _milliseconds(task.updated(now)),
    }
    if state in TERMINAL and task.completed is not None:
        record["completeTime"] = _milliseconds(task.completed)
    if done and task.completed is not None:
        record["costTime"] = _milliseconds(task.completed) - created
    return record


PROFILES = {
    "observed": Profile(
        name="observed",
        rows=OBSERVED_ROWS,
        states=("waiting", "generating"),
        new_id=_observed_id,
        created=_observed_created,
        record=_observed_record,
        headers=_observed_headers,
    ),
    "documented": Profile(
        name="documented",
        rows=DOCUMENTED_ROWS,
        states=("waiting", "queuing", "generating"),
        new_id=_DocumentedIds(),
        created=_documented_created,
        record=_documented_record,
        headers=dict,
    ),
}
