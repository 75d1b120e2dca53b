"""Defects of the answer side: the envelope, the JSON, the HTTP around it."""

import json
from typing import Any

from sharpening.defect import (
    CREATE,
    RECORD,
    Area,
    answering,
    around,
    every,
    refusing_with,
    sending,
    with_status,
)
from sharpening.reference import Outgoing, Reference, RefusedError

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
AREA.add("code-201-for-create", answering(having(code=201), path=CREATE, success=True))
AREA.add("code-true-for-success", answering(having(code=True), success=True))
AREA.add("code-null", answering(having(code=None), success=True))
AREA.add("code-fraction", answering(lambda e: e | {"code": e["code"] + 0.5}))
AREA.add("code-beyond-the-list", answering(having(code=4001), success=False))
AREA.add("code-500-on-success", answering(having(code=500), path=CREATE, success=True))
AREA.add("msg-missing", answering(without("msg")))
AREA.add("msg-missing-in-refusals", answering(without("msg"), success=False))
AREA.add("msg-missing-on-record", answering(without("msg"), path=RECORD, success=True))
AREA.add("msg-missing-for-unknown-tasks", answering(without("msg"), path=RECORD, success=False))
AREA.add("msg-misspelt", answering(renamed("msg", "mesage")))
AREA.add("msg-is-message-on-create", answering(renamed("msg", "message"), path=CREATE))
AREA.add("msg-null", answering(having(msg=None)))
AREA.add("msg-a-number", answering(having(msg=7)))
AREA.add("msg-a-list", answering(lambda e: e | {"msg": [e["msg"]]}, success=False))
AREA.add(
    "message-a-number-on-record",
    answering(lambda e: {"code": e["code"], "message": 7, **_data(e)}, path=RECORD),
)
AREA.add("data-missing-on-create", answering(without("data"), path=CREATE, success=True))
AREA.add("data-null-on-create", answering(having(data=None), path=CREATE, success=True))
AREA.add("data-empty-on-create", answering(having(data={}), path=CREATE, success=True))
AREA.add("data-renamed-result", answering(renamed("data", "result"), success=True))
AREA.add("data-a-list", answering(data_having(lambda data: [data]), path=CREATE, success=True))
AREA.add(
    "data-the-bare-id", answering(data_having(lambda d: d["taskId"]), path=CREATE, success=True)
)
AREA.add("data-as-json-text", answering(data_having(json.dumps), success=True))
AREA.add("data-null-on-record", answering(having(data=None), path=RECORD, success=True))
AREA.add("data-missing-on-record", answering(without("data"), path=RECORD, success=True))
AREA.add("data-a-list-on-record", answering(data_having(lambda d: [d]), path=RECORD, success=True))


def _data(envelope: dict[str, Any]) -> dict[str, Any]:
    return {"data": envelope["data"]} if "data" in envelope else {}


def _created(change: Any) -> Any:
    return answering(data_having(change), path=CREATE, success=True)


AREA.add("id-missing", _created(without("taskId")))
AREA.add("id-renamed-task_id", _created(renamed("taskId", "task_id")))
AREA.add("id-renamed-id", _created(renamed("taskId", "id")))
AREA.add("id-misspelt", _created(renamed("taskId", "taskID")))
AREA.add("id-empty", _created(having(taskId="")))
AREA.add("id-blank", _created(having(taskId="  ")))
AREA.add("id-null", _created(having(taskId=None)))
AREA.add("id-a-number", _created(having(taskId=1234567)))
AREA.add("id-in-a-list", _created(lambda data: data | {"taskId": [data["taskId"]]}))
AREA.add(
    "id-one-level-up",
    answering(lambda e: {**without("data")(e), "taskId": _id(e)}, path=CREATE, success=True),
)
AREA.add("id-one-level-down", _created(lambda data: {"task": data}))
AREA.add("id-always-the-same", lambda server: around(server, "new_id", lambda _original: "0" * 32))
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

    return lambda server: around(server, "create", wrapped)


AREA.add("create-always-500", _refuse_create(500))
AREA.add("create-always-505", _refuse_create(505))
AREA.add("create-always-422", _refuse_create(422))
AREA.add("create-always-429", _refuse_create(429))
AREA.add("create-always-501", _refuse_create(501))
AREA.add(
    "refusal-with-an-id", answering(having(data={"taskId": "0" * 32}), path=CREATE, success=False)
)
AREA.add(
    "refusal-as-success", answering(having(code=200), path=CREATE, success=False), styles=OBSERVED
)
AREA.add("refusal-as-code-0", answering(having(code=0), success=False))
AREA.add("refusal-in-errors-list", answering(lambda e: {"errors": [e["msg"]]}, success=False))
AREA.add("bad-parameter-is-401", refusing_with("bad_parameter", 401))
AREA.add("bad-parameter-is-404", refusing_with("bad_parameter", 404))
AREA.add("bad-parameter-is-402", refusing_with("bad_parameter", 402))
AREA.add("bad-parameter-is-429", refusing_with("bad_parameter", 429))
AREA.add("bad-parameter-is-501", refusing_with("bad_parameter", 501))
AREA.add("bad-parameter-is-455", refusing_with("bad_parameter", 455))
AREA.add("bad-parameter-is-500", refusing_with("bad_parameter", 500), styles=DOCUMENTED)
AREA.add("unknown-task-is-500", refusing_with("unknown", 500))
AREA.add("unknown-task-is-401", refusing_with("unknown", 401))
AREA.add("unknown-task-is-501", refusing_with("unknown", 501))
AREA.add("status-200-for-refusals", with_status(lambda _s, _c: 200, path=CREATE), styles=DOCUMENTED)
AREA.add(
    "status-400-for-refusals", with_status(lambda _s, _c: 400, success=False), styles=DOCUMENTED
)
AREA.add("status-500-for-refusals", with_status(lambda _s, _c: 500, success=False))
AREA.add("status-201-for-create", with_status(lambda _s, _c: 201, path=CREATE, success=True))
AREA.add("status-202-for-create", with_status(lambda _s, _c: 202, path=CREATE, success=True))
AREA.add("status-500-with-success", with_status(lambda _s, _c: 500, path=CREATE, success=True))
AREA.add("status-404-with-record", with_status(lambda _s, _c: 404, path=RECORD, success=True))
AREA.add(
    "status-real-for-keys-only", with_status(lambda s, c: 401 if c == 401 else s), styles=OBSERVED
)
AREA.add(
    "status-200-for-keys-only", with_status(lambda s, c: 200 if c == 401 else s), styles=DOCUMENTED
)
AREA.add(
    "status-real-for-parameters-only",
    with_status(lambda s, c: c if c != 401 else s, path=CREATE),
    styles=OBSERVED,
)
AREA.add(
    "status-200-for-unknown-tasks",
    with_status(lambda s, c: 200 if c == 404 else s),
    styles=DOCUMENTED,
)


def encoding(encode: Any) -> Any:
    def wrapped(_original: Any, envelope: Any) -> bytes:
        content: bytes = encode(json.dumps(envelope, ensure_ascii=False), envelope)
        return content

    return lambda server: around(server, "encode", wrapped)


AREA.add("json-with-nan", encoding(lambda text, _: (text[:-1] + ', "cost": NaN}').encode()))
AREA.add("json-with-garbage-behind", encoding(lambda text, _: (text + "\nnull").encode()))
AREA.add("json-twice", encoding(lambda text, _: (text + text).encode()))
AREA.add("json-cut-off", encoding(lambda text, _: text[:-3].encode()))
AREA.add("json-with-bom", encoding(lambda text, _: b"\xef\xbb\xbf" + text.encode()))
AREA.add("json-in-utf16", encoding(lambda text, _: text.encode("utf-16")))
AREA.add("json-in-latin1", encoding(lambda text, _: (text[:-1] + ', "x": "é"}').encode("latin-1")))
AREA.add("json-as-text", encoding(lambda text, _: json.dumps(text).encode()))
AREA.add("json-like-python", encoding(lambda _, envelope: repr(envelope).encode()))
AREA.add("json-in-a-callback", encoding(lambda text, _: f"callback({text})".encode()))
AREA.add(
    "json-with-a-name-twice",
    encoding(lambda text, _: text.replace("{", '{"code": 0, ', 1).encode()),
)
AREA.add("json-in-a-list", encoding(lambda text, _: f"[{text}]".encode()))
AREA.add("json-with-comment", encoding(lambda text, _: f"/* ok */ {text}".encode()))
AREA.add("json-behind-a-guard", encoding(lambda text, _: f")]}}',\n{text}".encode()))
AREA.add("body-empty", encoding(lambda _text, _: b""))


def headers(**changes: str) -> Any:
    def change(outgoing: Outgoing, _incoming: Any) -> None:
        outgoing.headers.update({name.replace("_", "-"): v for name, v in changes.items()})

    return sending(change)


def _no_type(outgoing: Outgoing, _incoming: Any) -> None:
    outgoing.headers.pop("content-type")


AREA.add("type-html", headers(content_type="text/html; charset=utf-8"))
AREA.add("type-plain", headers(content_type="text/plain"))
AREA.add("type-octets", headers(content_type="application/octet-stream"))
AREA.add("type-misspelt", headers(content_type="aplication/json"))
AREA.add("type-problem", headers(content_type="application/problem+json"))
AREA.add("type-latin1", headers(content_type="application/json; charset=iso-8859-1"))
AREA.add("type-missing", sending(_no_type))
AREA.add(
    "type-html-on-record",
    sending(lambda o, _: o.headers.update({"content-type": "text/html"}), path=RECORD),
)


def _page(status: int) -> Any:
    html = b"<html><body><h1>Bad Gateway</h1></body></html>"
    kind = {"content-type": "text/html"}

    def change(outgoing: Outgoing, _incoming: Any) -> Outgoing | None:
        return Outgoing(status, html, kind) if _is_refusal(outgoing) else None

    return change


def _is_refusal(outgoing: Outgoing) -> bool:
    return bool(json.loads(outgoing.content)["code"] != 200)


AREA.add("html-for-refusals", sending(_page(400)))
AREA.add(
    "html-502-now-and-then",
    every(20, sending(lambda _o, _i: Outgoing(502, b"<html>", {"content-type": "text/html"}))),
)
AREA.add(
    "empty-500-for-refusals",
    sending(lambda o, _: Outgoing(500, b"", {}) if _is_refusal(o) else None),
)
AREA.add(
    "empty-404-for-refusals",
    sending(lambda o, _: Outgoing(404, b"", {}) if _is_refusal(o) else None),
)
AREA.add(
    "plain-text-500-for-refusals",
    sending(
        lambda o, _: (
            Outgoing(500, b"Internal Server Error", {"content-type": "text/plain"})
            if _is_refusal(o)
            else None
        )
    ),
)
AREA.add(
    "empty-204-for-create",
    sending(lambda o, _: None if _is_refusal(o) else Outgoing(204, b"", {}), path=CREATE),
)
