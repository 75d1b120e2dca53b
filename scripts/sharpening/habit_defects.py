"""Defects that habits bring in: lenient readers, handy frameworks, caches, counters, databases."""

import base64
import json
from dataclasses import replace
from typing import Any

from imagen4.facts.protocol import DETAILS_PATH
from sharpening.defect import (
    Area,
    accepting_model,
    also_accepting,
    answering,
    around,
    before_check,
    changing,
    recording,
    refusing,
    sending,
)
from sharpening.key_defects import letting_in
from sharpening.reference import KEYS, Incoming, Outgoing, Reference, RefusedError, Task

AREA = Area("habit")
RATIOS = ("1:1", "16:9", "9:16", "3:4", "4:3")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


# --- lenient readers ---


def _trailing_comma(original: Any, content: bytes) -> Any:
    for old, new in ((b",}", b"}"), (b", }", b"}"), (b",]", b"]")):
        content = content.replace(old, new)
    return original(content)


def _single_quotes(original: Any, content: bytes) -> Any:
    quoted = content.startswith(b"{'")
    return original(content.replace(b"'", b'"') if quoted else content)


AREA.add("json-with-a-trailing-comma", changing("parse", _trailing_comma))
AREA.add("json-with-single-quotes", changing("parse", _single_quotes))


def _unpacked(body: Any) -> Any:
    """wire: records have `input` as the text of JSON."""
    if isinstance(body, dict) and isinstance(body.get("input"), str):
        try:
            return body | {"input": json.loads(body["input"])}
        except ValueError:
            return body
    return body


AREA.add("input-may-be-the-text-of-json", before_check(_unpacked))
AREA.add(
    "ratio-with-other-separators",
    also_accepting(
        "aspect_ratio", lambda v: _text(v).replace("/", ":").replace("-", ":") in RATIOS
    ),
)
AREA.add("model-with-a-slash", accepting_model(lambda v: _text(v).strip("/") == "google/imagen4"))
AREA.add("seed-0-is-none", refusing("seed", lambda v: _text(v) == "0"))
AREA.add("seed-with-a-sign-refused", refusing("seed", lambda v: _text(v)[:1] == "-"))
AREA.add(
    "ratio-in-a-text-of-all",
    also_accepting("aspect_ratio", lambda v: _text(v) != "" and _text(v) in ",".join(RATIOS)),
)
AREA.add("prompt-of-digits-refused", refusing("prompt", lambda v: v.isdigit()), full_only="one")
AREA.add("prompt-with-braces-refused", refusing("prompt", lambda v: "{" in v))
# --- keys ---

AREA.add("key-with-more-behind", letting_in(lambda header, key: header.split()[1:2] == [key]))
AREA.add("key-by-length", letting_in(lambda header, key: len(header) == len(f"Bearer {key}")))
AREA.add("key-anywhere-in-the-header", letting_in(lambda header, key: key in header))


@AREA.defect("key-wears-out")
def _(server: Reference) -> None:
    """Good for a hundred requests."""
    left = iter(range(100))
    around(server, "accepts_key", lambda original, *given: original(*given) and next(left, -1) >= 0)


def _encoded(outgoing: Outgoing, incoming: Incoming) -> None:
    given = incoming.headers.get("authorization", "").removeprefix("Bearer ")
    if given:
        outgoing.headers["set-cookie"] = f"session={base64.b64encode(given.encode()).decode()}"


AREA.add("key-in-base64-in-a-cookie", sending(_encoded))


def _signed(record: dict[str, Any], _task: Task) -> None:
    key = next(iter(KEYS.values()))
    record["resultJson"] = record["resultJson"].replace(".png", f".png?token={key}")


AREA.add("key-in-the-pictures-address", recording(_signed), gateways=(next(iter(KEYS)),))

# --- counters and limits ---


@AREA.defect("limit-told-as-500")
def _(server: Reference) -> None:
    """More than five creates in ten seconds."""

    def create(original: Any, incoming: Incoming) -> Any:
        now = server.now()
        if sum(task.created > now - 10 for task in server.tasks.values()) >= 5:
            raise RefusedError(500, "too many requests")
        return original(incoming)

    around(server, "create", create)


@AREA.defect("few-tasks-at-a-time")
def _(server: Reference) -> None:
    """doc: a hundred and more may run."""

    def create(original: Any, incoming: Incoming) -> Any:
        running = [t for t in server.tasks.values() if server.state(t) not in ("success", "fail")]
        if len(running) >= 3:
            raise server.bad_parameter("too many running tasks")
        return original(incoming)

    around(server, "create", create)


# --- records ---


@AREA.defect("polls-begin-it-again")
def _(server: Reference) -> None:
    """Whoever asks puts the task at the end of the queue."""
    asked: dict[str, float] = {}

    def state(original: Any, task: Task) -> Any:
        since = asked.get(task.id, task.created)
        asked[task.id] = server.now()
        return original(replace(task, created=since))

    around(server, "state", state)


@AREA.defect("create-times-shuffled")
def _(server: Reference) -> None:
    """Each is off by another part of an hour."""

    def change(record: dict[str, Any], task: Task) -> None:
        off = task.number * 7919 % 3600 * 1000
        for name in ("createTime", "completeTime", "updateTime"):
            if record.get(name):
                record[name] -= off

    recording(change)(server)


AREA.add(
    "record-of-a-failure-is-code-501",
    answering(
        lambda e: e | {"code": 501} if (e.get("data") or {}).get("state") == "fail" else e,
        path=DETAILS_PATH,
        success=True,
    ),
)


@AREA.defect("record-needs-a-content-type")
def _(server: Reference) -> None:
    def record_info(original: Any, incoming: Incoming) -> Any:
        if "content-type" not in incoming.headers:
            raise server.bad_parameter("Content-Type has to be application/json")
        return original(incoming)

    around(server, "record_info", record_info)


def _param(change: Any) -> Any:
    def param(original: Any, task: Task) -> Any:
        given = change(dict(task.request["input"]))
        return original(replace(task, request=task.request | {"input": given}))

    return changing("param", param)


def _swapped(given: dict[str, Any]) -> dict[str, Any]:
    if "negative_prompt" in given:
        given["prompt"], given["negative_prompt"] = given["negative_prompt"], given["prompt"]
    return given


def _prompt(change: Any) -> Any:
    return _param(lambda given: given | {"prompt": change(given["prompt"])})


AREA.add("param-prompts-swapped", _param(_swapped))
AREA.add("param-without-emoji", _prompt(lambda p: "".join(c for c in p if ord(c) < 0x10000)))
AREA.add("param-on-one-line", _prompt(lambda p: p.replace("\n", " ")))
AREA.add("param-backslashes-doubled", _prompt(lambda p: p.replace("\\", "\\\\")))
AREA.add("param-cut-at-4096", _prompt(lambda p: p[:4096]))


def _urls(change: Any) -> Any:
    return changing("urls", lambda original, task: [change(url) for url in original(task)])


AREA.add("result-in-the-address", _urls(lambda _url: "data:image/png;base64,iVBORw0KGgo="))
AREA.add("result-with-a-blank-in-front", _urls(lambda url: f" {url}"))
AREA.add("result-with-a-template", _urls(lambda url: url.replace(".png", "{ext}")))
AREA.add("result-escaped-twice", _urls(lambda url: url.replace("/", "\\/")))
