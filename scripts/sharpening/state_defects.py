"""Defects of the state machine, of liveness, and of what is known of which task."""

from itertools import count
from typing import Any

from imagen4.facts.gateways import DEFAULT_MODEL
from imagen4.facts.protocol import DETAILS_PATH
from sharpening.defect import COUNTING, Area, around, changing, recording_when, sending
from sharpening.reference import Incoming, Outgoing, Reference, RefusedError, Task

AREA = Area("state")
LATER = "quick does not look again after seconds: it has to be quick"
RARE = "quick makes too few tasks to tell a kind of request that always fails from bad luck"
UNSEEN = "where none ends, only full waits so long that it cannot be a slow server"
STATES = ("waiting", "generating", "success", "fail")


def spelled(old: str, new: Any) -> Any:
    return recording_when((old,), state=new)


AREA.add("success-in-capitals", spelled("success", "SUCCESS"))
AREA.add("success-is-succeeded", spelled("success", "succeeded"))
AREA.add("success-is-completed", spelled("success", "completed"))
AREA.add("fail-is-failed", spelled("fail", "failed"))
AREA.add("waiting-is-wait", spelled("waiting", "wait"))
AREA.add("waiting-is-pending", spelled("waiting", "pending"))
AREA.add("generating-is-processing", spelled("generating", "processing"))
AREA.add("queuing-misspelt", spelled("waiting", "queueing"))
AREA.add("state-null", spelled("waiting", None))
AREA.add("state-empty", spelled("waiting", ""))
AREA.add("state-a-number", recording_when(STATES, state=lambda r: STATES.index(r["state"])))
AREA.add("state-unknown-at-the-end", spelled("success", "archived"))


def machine(change: Any) -> Any:
    """`change(state, task, server)` gives the state instead."""
    return lambda server: around(
        server, "state", lambda original, task: change(original(task), task, server)
    )


def _age(task: Task, server: Reference) -> float:
    return server.now() - task.created


def _flicker(state: str, task: Task, _server: Reference) -> str:
    return "waiting" if state == "generating" and task.polls % 2 == 0 else state


def _later(old: str, new: str, age: float = 2.0) -> Any:
    """A state becomes another, so many seconds after the create."""
    return machine(lambda s, task, server: new if s == old and _age(task, server) > age else s)


def _flips(state: str, task: Task, _server: Reference) -> str:
    return ("success", "fail")[task.polls % 2] if state in ("success", "fail") else state


AREA.add("goes-back-while-generating", machine(_flicker))
AREA.add("success-then-generating", _later("success", "generating"))
AREA.add("success-then-waiting", _later("success", "waiting"))
AREA.add("success-then-fail", _later("success", "fail"))
AREA.add("success-then-fail-seconds-later", _later("success", "fail", 6.0), full_only=LATER)
AREA.add("fail-then-success", _later("fail", "success"))
AREA.add("flips-between-ends", machine(_flips))
AREA.add("every-task-fails", changing("fails", lambda _o, _t: True))


def failing(fails: Any) -> Any:
    """Tasks fail whose input, body and number are such."""
    return changing("fails", lambda original, task: original(task) or fails(task.request))


AREA.add(
    "long-prompts-fail",
    failing(lambda body: len(body["input"]["prompt"]) > 1000),
    full_only=RARE,
)
AREA.add(
    "ratio-3-to-4-fails",
    failing(lambda body: body["input"].get("aspect_ratio") == "3:4"),
    full_only=RARE,
)
AREA.add("seeds-fail", failing(lambda body: "seed" in body["input"]), full_only=RARE)
AREA.add(
    "negative-prompts-fail",
    failing(lambda body: "negative_prompt" in body["input"]),
    full_only=RARE,
)
AREA.add("callbacks-fail", failing(lambda body: "callBackUrl" in body), full_only=RARE)
AREA.add(
    "four-pictures-fail",
    failing(lambda body: body["input"].get("num_images") == "4"),
    full_only=RARE,
    gateways=COUNTING,
)
AREA.add("never-ends", machine(lambda _s, _t, _: "generating"), full_only=UNSEEN)
AREA.add("never-starts", machine(lambda _s, _t, _: "waiting"), full_only=UNSEEN)
AREA.add(
    "every-third-never-ends",
    machine(lambda state, task, _: "generating" if task.number % 3 == 0 else state),
)
AREA.add(
    "long-prompts-never-end",
    machine(lambda s, task, _: "waiting" if len(task.request["input"]["prompt"]) > 4000 else s),
)
AREA.add(
    "failures-never-end",
    machine(lambda state, _t, _: "generating" if state == "fail" else state),
)


@AREA.defect("pictures-gone-seconds-later", full_only=LATER)
def _(server: Reference) -> None:
    def record(original: Any, task: Task) -> Any:
        told = original(task)
        gone = told["state"] == "success" and _age(task, server) > 6.0
        return told | {"resultJson": '{"resultUrls": []}'} if gone else told

    around(server, "record", record)


def finding(change: Any) -> Any:
    """`change(task or None, id, server)` is the task found, or None."""
    return lambda server: around(
        server, "find", lambda original, id_: change(original(id_), id_, server)
    )


def _made_up(task: Task | None, task_id: str, server: Reference) -> Task:
    return task or Task(
        task_id, {"model": DEFAULT_MODEL, "input": {"prompt": "x"}}, server.now(), 0
    )


def _last(server: Reference) -> Task | None:
    return next(reversed(server.tasks.values()), None)


def _by_prefix(task: Task | None, task_id: str, server: Reference) -> Task | None:
    found = (t for name, t in server.tasks.items() if task_id and name.startswith(task_id))
    return task or next(found, None)


def _by_part(task: Task | None, task_id: str, server: Reference) -> Task | None:
    found = (
        t for name, t in server.tasks.items() if task_id and (task_id in name or name in task_id)
    )
    return task or next(found, None)


def _known_after(seconds: float) -> Any:
    return lambda task, _id, server: task if task and _age(task, server) > seconds else None


AREA.add("unknown-tasks-made-up", finding(_made_up))
AREA.add("unknown-tasks-are-the-last", finding(lambda task, _id, server: task or _last(server)))
AREA.add("no-id-is-the-last", finding(lambda task, id_, server: task if id_ else _last(server)))
AREA.add("tasks-by-prefix", finding(_by_prefix))
AREA.add("tasks-by-part-of-the-id", finding(_by_part))
AREA.add("wildcard-as-id", finding(lambda t, id_, s: _last(s) if id_ in ("*", "%") else t))
AREA.add("known-after-100-ms", finding(_known_after(0.1)))
AREA.add("known-after-a-second", finding(_known_after(1.0)))
AREA.add("known-only-when-ended", finding(_known_after(1.6)))
AREA.add(
    "gone-when-ended", finding(lambda task, _id, s: task if task and _age(task, s) < 1.5 else None)
)


@AREA.defect("reading-fails-now-and-then")
def _(server: Reference) -> None:
    numbers = count(1)

    def record(original: Any, task: Task) -> Any:
        if next(numbers) % 8 == 0:
            raise RefusedError(500, "Server exception, please try again later")
        return original(task)

    around(server, "record", record)


AREA.add(
    "gone-after-the-end-was-seen",
    finding(lambda t, _id, s: t if t and not _end_was_told(t, s) else None),
)
AREA.add("found-once", finding(lambda task, _id, _s: task if task and task.polls == 0 else None))
AREA.add("found-every-other-time", finding(lambda task, _id, _s: _every_other_time(task)))
AREA.add("every-fourth-task-lost", finding(lambda t, _id, _s: t if t and t.number % 4 else None))


def _end_was_told(task: Task, server: Reference) -> bool:
    """Whether the end of the task was told before."""
    seen: bool = getattr(task, "seen", False)
    vars(task)["seen"] = seen or server.state(task) in ("success", "fail")
    return seen


def _every_other_time(task: Task | None) -> Task | None:
    if task is None:
        return None
    task.polls += 1
    return task if task.polls % 2 == 0 else None


def unknown_answers(data: Any) -> Any:
    """An unknown task is answered as a success with this data."""

    def wrapped(original: Any, incoming: Incoming) -> Any:
        try:
            return original(incoming)
        except RefusedError:
            return data(incoming) if callable(data) else data

    return changing("record_info", wrapped)


AREA.add("unknown-task-is-null", unknown_answers(None))
AREA.add("unknown-task-is-empty", unknown_answers({}))
AREA.add(
    "unknown-task-is-waiting",
    unknown_answers(lambda i: {"taskId": i.query.get("taskId", ""), "state": "waiting"}),
)
AREA.add(
    "unknown-task-is-fail",
    unknown_answers(lambda i: {"taskId": i.query.get("taskId", ""), "state": "fail"}),
)


@AREA.defect("last-record-in-the-refusal-of-an-unknown-task")
def _(server: Reference) -> None:
    def wrapped(original: Any, incoming: Incoming) -> Any:
        status, envelope = original(incoming)
        task = _last(server)
        if task is not None and incoming.path == DETAILS_PATH and envelope["code"] in (404, 422):
            envelope = envelope | {"data": server.record(task)}
        return status, envelope

    around(server, "carry_out", wrapped)


def _no_record(code: int) -> Any:
    content = f'{{"code": {code}, "msg": "no"}}'.encode()
    kind = {"content-type": "application/json"}
    return sending(lambda _o, _i: Outgoing(code, content, kind), path=DETAILS_PATH)


AREA.add("record-needs-post", _no_record(405))
AREA.add("record-not-there", _no_record(404))
