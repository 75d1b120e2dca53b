"""Defects of the records: whose they are, what they hold, which times they tell."""

import json
from typing import Any

from imagen4.facts.gateways import DEFAULT_MODEL
from sharpening.defect import COUNTING, Area, around, moving_times, recording, recording_when
from sharpening.reference import Reference, Task

AREA = Area("record")
RUNNING, ENDED = ("waiting", "generating"), ("success", "fail")
EVERY = RUNNING + ENDED
SUCCESS, FAIL = ("success",), ("fail",)
HOUR = 3_600_000


def add(name: str, states: tuple[str, ...], **fields: Any) -> None:
    AREA.add(name, recording_when(states, **fields))


def dropping(name: str) -> Any:
    def change(record: dict[str, Any], _task: Task) -> None:
        record.pop(name, None)

    return recording(change)


def scaled(name: str, factor: float) -> Any:
    return lambda record: record[name] and int(record[name] * factor)


add("task-id-of-another", EVERY, taskId="f" * 32)
add("task-id-null", EVERY, taskId=None)
add("task-id-a-number", EVERY, taskId=17)
add("task-id-empty", EVERY, taskId="")
add("task-id-in-capitals", EVERY, taskId=lambda r: "X" + r["taskId"].upper())
add("model-of-another", EVERY, model=f"{DEFAULT_MODEL}-fast")
add("model-without-vendor", EVERY, model="imagen4")
add("model-a-list", EVERY, model=[DEFAULT_MODEL])
add("model-null", EVERY, model=None)
add("param-null", EVERY, param=None)
add("create-time-null", EVERY, createTime=None)
AREA.add("task-id-missing", dropping("taskId"))
AREA.add("state-missing", dropping("state"))


@AREA.defect("record-of-the-last-task")
def _(server: Reference) -> None:
    def find(original: Any, task_id: str) -> Task | None:
        return original(task_id) and list(server.tasks.values())[-1]

    around(server, "find", find)


@AREA.defect("record-of-the-first-task")
def _(server: Reference) -> None:
    def find(original: Any, task_id: str) -> Task | None:
        return original(task_id) and next(iter(server.tasks.values()))

    around(server, "find", find)


def _result(change: Any, states: tuple[str, ...] = SUCCESS) -> Any:
    """`resultJson` made from the URLs that should stand there."""
    return recording_when(states, resultJson=lambda r: change(_urls(r)))


def _urls(record: dict[str, Any]) -> list[str]:
    text = record["resultJson"]
    return json.loads(text)["resultUrls"] if text else [f"https://files.invalid/{record['taskId']}"]


def _with(urls: Any) -> str:
    return json.dumps({"resultUrls": urls})


AREA.add("result-an-object", _result(lambda urls: {"resultUrls": urls}))
AREA.add("result-not-json", _result(lambda urls: "resultUrls=" + ",".join(urls)))
AREA.add("result-the-bare-url", _result(lambda urls: urls[0]))
AREA.add("result-the-bare-list", _result(json.dumps))
AREA.add("result-empty", _result(lambda _urls: ""))
AREA.add("result-null", _result(lambda _urls: None))
AREA.add("result-empty-object", _result(lambda _urls: "{}"))
AREA.add("result-no-urls", _result(lambda _urls: _with([])))
AREA.add("result-null-urls", _result(lambda _urls: _with(None)))
AREA.add("result-null-in-urls", _result(lambda urls: _with([None, *urls[1:]])))
AREA.add("result-urls-renamed", _result(lambda urls: json.dumps({"result_urls": urls})))
AREA.add("result-urls-as-text", _result(lambda urls: _with(",".join(urls))))
AREA.add("result-urls-as-objects", _result(lambda urls: _with([{"url": url} for url in urls])))
AREA.add("result-urls-empty-text", _result(lambda urls: _with([""] * len(urls))))
AREA.add(
    "result-relative",
    _result(lambda urls: _with([url.removeprefix("https://files.invalid") for url in urls])),
)
AREA.add("result-with-a-space", _result(lambda urls: _with([url + " " for url in urls])))
AREA.add(
    "result-without-scheme",
    _result(lambda urls: _with([url.removeprefix("https:") for url in urls])),
)
AREA.add(
    "result-file-paths",
    _result(lambda urls: _with([url.replace("https:", "file:") for url in urls])),
)
AREA.add("result-one-more", _result(lambda urls: _with([*urls, "https://files.invalid/more.png"])))
AREA.add("result-one-less", _result(lambda urls: _with(urls[:-1])))
AREA.add("result-cut-off", _result(lambda urls: _with(urls)[:-5]))
AREA.add("result-text-in-text", _result(lambda urls: json.dumps(_with(urls))))
AREA.add(
    "result-as-result-object", _result(lambda urls: json.dumps({"resultObject": {"urls": urls}}))
)
AREA.add("result-missing", recording(lambda record, _task: _without_result(record)))
AREA.add("result-before-success", _result(_with, ("generating",)))
AREA.add("result-with-failure", _result(_with, FAIL))
AREA.add(
    "result-all-the-same", _result(lambda urls: _with([urls[0]] * len(urls))), gateways=COUNTING
)
AREA.add(
    "result-of-all-tasks-the-same",
    _result(lambda urls: _with([f"https://files.invalid/{n}.png" for n in range(len(urls))])),
)
AREA.add("result-always-one", _result(lambda urls: _with(urls[:1])), gateways=COUNTING)
AREA.add(
    "result-always-four",
    _result(lambda urls: _with([*urls[:1], *(f"{urls[0]}?{n}" for n in "234")])),
)
AREA.add("result-at-most-two", _result(lambda urls: _with(urls[:2])), gateways=COUNTING)


def _without_result(record: dict[str, Any]) -> None:
    if record["state"] == "success":
        del record["resultJson"]


add("fail-code-missing", FAIL, failCode=None)
add("fail-code-empty", FAIL, failCode="")
add("fail-code-a-number", FAIL, failCode=501)
add("fail-message-missing", FAIL, failMsg=None)
add("fail-message-empty", FAIL, failMsg="")
add("fail-message-an-object", FAIL, failMsg={"text": "no"})
add("fail-code-200", FAIL, failCode="200")
add("fail-code-0", FAIL, failCode="0")
add("fail-message-success", FAIL, failMsg="Success")
add("fail-says-nothing", FAIL, failCode=None, failMsg=None)
add("fail-says-null-as-text", FAIL, failCode="null", failMsg="null")
add("fail-message-undefined", FAIL, failMsg="undefined")
add("success-with-fail-code", SUCCESS, failCode="500")
add("success-with-fail-message", SUCCESS, failMsg="timeout")
add("running-with-fail-message", RUNNING, failMsg="an earlier task's failure")
add("create-time-in-seconds", EVERY, createTime=scaled("createTime", 1e-3))
add("create-time-in-microseconds", EVERY, createTime=scaled("createTime", 1e3))
add("create-time-0", EVERY, createTime=0)
add("create-time-negative", EVERY, createTime=-1)
add("create-time-of-2001", EVERY, createTime=1_000_000_000_000, completeTime=None)
add("create-time-as-text", EVERY, createTime="2026-11-20T11:00:00Z")
add("create-time-a-number-as-text", EVERY, createTime=lambda r: str(r["createTime"]))
add("create-time-a-fraction", EVERY, createTime=lambda r: r["createTime"] + 0.5)
add("create-time-after-completion", ENDED, createTime=lambda r: r["completeTime"] + 60_000)
add("complete-time-in-seconds", ENDED, completeTime=scaled("completeTime", 1e-3))
add("complete-time-as-text", ENDED, completeTime="2026-11-20T11:00:00Z")
add("complete-time-an-hour-off", ENDED, completeTime=lambda r: r["completeTime"] - 3_600_000)
add("complete-time-while-running", RUNNING, completeTime=lambda r: r["createTime"] + 1)
add("cost-time-while-running", RUNNING, costTime=17)
add("cost-time-negative", ENDED, costTime=-1)
add("cost-time-as-text", ENDED, costTime="2 s")
add("cost-time-a-fraction", ENDED, costTime=1.5)
add("cost-time-in-microseconds", ENDED, costTime=1_500_000)
add("cost-time-much-too-long", ENDED, costTime=86_400_000)
add("cost-time-of-another", ENDED, costTime=77_000)
add("progress-over-100", EVERY, progress=150)
add("progress-negative", EVERY, progress=-1)
add("progress-a-fraction", EVERY, progress=0.5)
add("progress-as-text", EVERY, progress="50%")
add("update-time-in-seconds", EVERY, updateTime=scaled("createTime", 1e-3))
add("update-time-before-creation", EVERY, updateTime=lambda r: r["createTime"] - 5_000)


AREA.add("times-8-hours-ahead", moving_times(8 * HOUR))
AREA.add("times-5-hours-behind", moving_times(-5 * HOUR))
AREA.add("times-5-and-a-half-hours-ahead", moving_times(5.5 * HOUR))


def _times_swapped(record: dict[str, Any], _task: Task) -> None:
    if record["state"] in ENDED:
        created, done = record["createTime"], record["completeTime"]
        record["createTime"], record["completeTime"] = done, created


def _is_now(name: str, states: tuple[str, ...]) -> Any:
    """A time in the record is that of the poll."""
    return lambda server: recording_when(
        states, **{name: lambda _record: int(server.now() * 1000)}
    )(server)


def _at_each_poll(name: str, value: Any) -> Any:
    """`value(record, polls)` stands there."""
    return recording(lambda record, task: record | {name: value(record, task.polls)})


AREA.add("times-swapped", recording(_times_swapped))
AREA.add("create-time-is-now", _is_now("createTime", EVERY))
AREA.add("complete-time-is-now", _is_now("completeTime", ENDED))
AREA.add(
    "update-time-goes-back", _at_each_poll("updateTime", lambda r, n: r["createTime"] + 9_000 - n)
)
AREA.add("progress-goes-back", _at_each_poll("progress", lambda _r, n: max(0, 90 - 10 * n)))
AREA.add(
    "result-new-at-every-poll",
    _at_each_poll("resultJson", lambda r, n: r["resultJson"].replace(".png", f"-{n}.png")),
)
AREA.add(
    "param-changes", _at_each_poll("param", lambda r, n: r["param"][:-1] + f', "polls": {n}}}')
)
SNAKE_CASE = {"taskId": "task_id", "resultJson": "result_json", "failCode": "fail_code"}
AREA.add(
    "fields-in-snake-case",
    recording(lambda record, _: {SNAKE_CASE.get(n, n): v for n, v in record.items()}),
)
AREA.add("record-one-level-down", recording(lambda record, _: {"task": record}))
