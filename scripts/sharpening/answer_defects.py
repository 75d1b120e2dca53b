"""Defects of the answer side: the envelope and its verdict."""

import json
from typing import Any

from imagen4.facts.protocol import CREATE_PATH, DETAILS_PATH
from sharpening.defect import Area, answering, around, changing, refusing_with, with_status
from sharpening.reference import Reference, RefusedError

AREA = Area("answer")
DOCUMENTED, OBSERVED = ("documented",), ("observed",)


def without(name: str) -> Any:
    return lambda envelope: {key: value for key, value in envelope.items() if key != name}


def renamed(old: str, new: str) -> Any:
    return lambda envelope: {new if key == old else key: v for key, v in envelope.items()}


def having(**changes: Any) -> Any:
    return lambda envelope: envelope | changes


def data_having(change: Any) -> Any:
    return lambda envelope: envelope | {"data": change(envelope["data"])}


AREA.add("code-missing", answering(without("code")))
AREA.add("code-missing-on-success", answering(without("code"), success=True))
AREA.add("code-missing-in-refusals", answering(without("code"), success=False))
AREA.add("code-as-text", answering(lambda e: e | {"code": str(e["code"])}))
AREA.add("code-renamed-status", answering(renamed("code", "status")))
AREA.add("code-0-for-success", answering(having(code=0), success=True))
AREA.add("code-201-for-create", answering(having(code=201), path=CREATE_PATH, success=True))
AREA.add("code-true-for-success", answering(having(code=True), success=True))
AREA.add("code-null", answering(having(code=None), success=True))
AREA.add("code-fraction", answering(lambda e: e | {"code": e["code"] + 0.5}))
AREA.add("code-beyond-the-list", answering(having(code=4001), success=False))
AREA.add("code-500-on-success", answering(having(code=500), path=CREATE_PATH, success=True))
AREA.add("msg-missing", answering(without("msg")))
AREA.add("msg-missing-in-refusals", answering(without("msg"), success=False))
AREA.add("msg-missing-on-record", answering(without("msg"), path=DETAILS_PATH, success=True))
AREA.add(
    "msg-missing-for-unknown-tasks",
    answering(
        lambda e: e if e["code"] == 401 else without("msg")(e), path=DETAILS_PATH, success=False
    ),
)
AREA.add("msg-empty-in-refusals", answering(having(msg=""), success=False))
AREA.add("msg-success-in-refusals", answering(having(msg="success"), success=False))
AREA.add("msg-null-as-text-in-refusals", answering(having(msg="null"), success=False))
AREA.add("msg-blank-for-parameters", answering(having(msg=" "), path=CREATE_PATH, success=False))
AREA.add(
    "msg-and-message-empty", answering(having(msg="", message=""), path=DETAILS_PATH, success=False)
)
AREA.add("msg-misspelt", answering(renamed("msg", "mesage")))
AREA.add("msg-is-message-on-create", answering(renamed("msg", "message"), path=CREATE_PATH))
AREA.add("msg-null", answering(having(msg=None)))
AREA.add("msg-a-number", answering(having(msg=7)))
AREA.add("msg-a-list", answering(lambda e: e | {"msg": [e["msg"]]}, success=False))
AREA.add(
    "message-a-number-on-record",
    answering(lambda e: {"code": e["code"], "message": 7, **_data(e)}, path=DETAILS_PATH),
)
AREA.add("data-missing-on-create", answering(without("data"), path=CREATE_PATH, success=True))
AREA.add("data-null-on-create", answering(having(data=None), path=CREATE_PATH, success=True))
AREA.add("data-empty-on-create", answering(having(data={}), path=CREATE_PATH, success=True))
AREA.add("data-renamed-result", answering(renamed("data", "result"), success=True))
AREA.add("data-a-list", answering(data_having(lambda data: [data]), path=CREATE_PATH, success=True))
AREA.add(
    "data-the-bare-id",
    answering(data_having(lambda d: d["taskId"]), path=CREATE_PATH, success=True),
)
AREA.add("data-as-json-text", answering(data_having(json.dumps), success=True))
AREA.add("data-null-on-record", answering(having(data=None), path=DETAILS_PATH, success=True))
AREA.add("data-missing-on-record", answering(without("data"), path=DETAILS_PATH, success=True))
AREA.add(
    "data-a-list-on-record", answering(data_having(lambda d: [d]), path=DETAILS_PATH, success=True)
)


def _data(envelope: dict[str, Any]) -> dict[str, Any]:
    return {"data": envelope["data"]} if "data" in envelope else {}


def _created(change: Any) -> Any:
    return answering(data_having(change), path=CREATE_PATH, success=True)


AREA.add("id-missing", _created(without("taskId")))
AREA.add("id-renamed-task_id", _created(renamed("taskId", "task_id")))
AREA.add("id-renamed-id", _created(renamed("taskId", "id")))
AREA.add("id-misspelt", _created(renamed("taskId", "taskID")))
AREA.add("id-empty", _created(having(taskId="")))
AREA.add("id-blank", _created(having(taskId="  ")))
AREA.add("id-with-a-newline", _created(lambda data: data | {"taskId": data["taskId"] + "\n"}))
AREA.add("id-with-a-blank", _created(lambda data: data | {"taskId": " " + data["taskId"]}))
AREA.add("id-null", _created(having(taskId=None)))
AREA.add("id-a-number", _created(having(taskId=1234567)))
AREA.add("id-in-a-list", _created(lambda data: data | {"taskId": [data["taskId"]]}))
AREA.add(
    "id-one-level-up",
    answering(lambda e: {**without("data")(e), "taskId": _id(e)}, path=CREATE_PATH, success=True),
)
AREA.add("id-one-level-down", _created(lambda data: {"task": data}))
AREA.add("id-always-the-same", changing("new_id", lambda _original: "0" * 32))
AREA.add("id-of-another-task", _created(lambda data: data | {"taskId": data["taskId"][::-1]}))
AREA.add("id-cut", _created(lambda data: data | {"taskId": data["taskId"][:-4]}))
AREA.add("id-in-capitals", _created(lambda data: data | {"taskId": "X" + data["taskId"].upper()}))


def _id(envelope: dict[str, Any]) -> Any:
    return envelope["data"]["taskId"]


@AREA.defect("id-by-request")
def _(server: Reference) -> None:
    """The id is a digest of the request, so that asking twice gives one task."""
    ids: dict[str, str] = {}

    def created(original: Any, task: Any) -> Any:
        data = original(task)
        known = ids.setdefault(json.dumps(task.request, sort_keys=True), task.id)
        return data | {"taskId": known}

    around(server, "created", created)


@AREA.defect("id-every-tenth-again")
def _(server: Reference) -> None:
    original = server.new_id
    ids: list[str] = []

    def new_id(_original: Any) -> str:
        ids.append(ids[0] if len(ids) % 10 == 9 else original())
        return ids[-1]

    around(server, "new_id", new_id)


@AREA.defect("error-on-every-fifth-create")
def _(server: Reference) -> None:
    count = 0

    def wrapped(original: Any, incoming: Any) -> Any:
        nonlocal count
        data = original(incoming)
        count += 1
        if count % 5 == 0:
            raise RefusedError(500, "Server exception, please try again later")
        return data

    around(server, "create", wrapped)


def _refuse_create(code: int) -> Any:
    def wrapped(original: Any, incoming: Any) -> Any:
        original(incoming)
        raise RefusedError(code, "no")

    return changing("create", wrapped)


AREA.add("create-always-500", _refuse_create(500))
AREA.add("create-always-505", _refuse_create(505))
AREA.add("create-always-422", _refuse_create(422))
AREA.add("create-always-501", _refuse_create(501))
AREA.add(
    "refusal-with-an-id",
    answering(
        lambda e: e if e["code"] == 401 else e | {"data": {"taskId": "0" * 32}},
        path=CREATE_PATH,
        success=False,
    ),
)
AREA.add(
    "refusal-as-success",
    answering(having(code=200), path=CREATE_PATH, success=False),
    styles=OBSERVED,
)
AREA.add("refusal-as-code-0", answering(having(code=0), success=False))
AREA.add("refusal-in-errors-list", answering(lambda e: {"errors": [e["msg"]]}, success=False))
AREA.add("bad-parameter-is-400", refusing_with("bad_parameter", 400))
AREA.add("bad-parameter-is-401", refusing_with("bad_parameter", 401))
AREA.add("bad-parameter-is-404", refusing_with("bad_parameter", 404))
AREA.add("bad-parameter-is-402", refusing_with("bad_parameter", 402))
AREA.add("bad-parameter-is-429", refusing_with("bad_parameter", 429))
AREA.add("bad-parameter-is-501", refusing_with("bad_parameter", 501))
AREA.add("bad-parameter-is-455", refusing_with("bad_parameter", 455))
AREA.add("bad-parameter-is-505", refusing_with("bad_parameter", 505))
AREA.add("unknown-task-is-500", refusing_with("unknown", 500))
AREA.add("unknown-task-is-401", refusing_with("unknown", 401))
AREA.add("unknown-task-is-501", refusing_with("unknown", 501))
AREA.add(
    "status-200-for-refusals", with_status(lambda _s, _c: 200, path=CREATE_PATH), styles=DOCUMENTED
)
AREA.add(
    "status-400-for-refusals", with_status(lambda _s, _c: 400, success=False), styles=DOCUMENTED
)
AREA.add("status-500-for-refusals", with_status(lambda _s, _c: 500, success=False))
AREA.add("status-201-for-create", with_status(lambda _s, _c: 201, path=CREATE_PATH, success=True))
AREA.add("status-202-for-create", with_status(lambda _s, _c: 202, path=CREATE_PATH, success=True))
AREA.add("status-500-with-success", with_status(lambda _s, _c: 500, path=CREATE_PATH, success=True))
AREA.add("status-404-with-record", with_status(lambda _s, _c: 404, path=DETAILS_PATH, success=True))
AREA.add(
    "status-200-for-keys-only", with_status(lambda s, c: 200 if c == 401 else s), styles=DOCUMENTED
)
AREA.add(
    "status-real-for-parameters-only",
    with_status(lambda s, c: c if c != 401 else s, path=CREATE_PATH),
    styles=OBSERVED,
)
AREA.add(
    "status-200-for-unknown-tasks",
    with_status(lambda s, c: 200 if c == 404 else s),
    styles=DOCUMENTED,
)
