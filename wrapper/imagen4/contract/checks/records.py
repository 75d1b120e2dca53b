"""Records: each is the record of the task asked for, and tells what was asked of it."""

from collections.abc import Iterator
from typing import Any

from imagen4.contract.checks.registry import Found, check
from imagen4.contract.document import BODY, TASK, shortened
from imagen4.contract.exchange import Exchange
from imagen4.contract.strict_json import value_of
from imagen4.contract.trace import Task, Trace, state

FIELDS = f"{TASK}/properties"
SHOWN = 40


@check("same-task", "A record is that of the task asked for.", f"{FIELDS}/taskId")
def same_task(trace: Trace) -> Iterator[Found]:
    for task, poll in _records(trace):
        told = poll.data.get("taskId")
        if isinstance(told, str) and told != task.id:
            yield poll, f"asked for {task.id!r}, got the record of {shortened(told, 60)!r}"


@check("same-model", "A record names the model the task was created for.", f"{FIELDS}/model")
def same_model(trace: Trace) -> Iterator[Found]:
    for task, poll in _records(trace):
        asked, told = _asked(task).get("model"), poll.data.get("model")
        if asked and told and told != asked:
            yield poll, f"created for {asked!r}, the record says {told!r}"


@check("param", "`param` is JSON text with the parameters of the request.", f"{FIELDS}/param")
def param(trace: Trace) -> Iterator[Found]:
    for task, poll in _records(trace):
        text = poll.data.get("param")
        if isinstance(text, str) and text:
            problem = _difference(_asked(task), text) or _default(trace, _asked(task), text)
            if problem:
                yield poll, problem


def _default(trace: Trace, asked: dict[str, Any], text: str) -> str:
    """How `param` fills in what was not asked for; it may, with the documented default."""
    inputs, told = asked.get("input"), (_object(text) or {})
    filled = _object(told.get("input", told)) or {}
    schemas: dict[str, Any] = trace.document.at(f"{BODY}/properties/input/properties")
    for name, schema in schemas.items():
        missing = isinstance(inputs, dict) and name not in inputs and "default" in schema
        if missing and filled.get(name) and str(filled[name]) != schema["default"]:
            return f"{name} was not given, param has {shortened(repr(filled[name]), 40)}"
    return ""


def _difference(asked: dict[str, Any], text: str) -> str:
    """How `param` differs from the request; more may stand in it than was asked."""
    told = _object(text)
    if told is None:
        return f"not the text of a JSON object: {shortened(text, 60)!r}"
    inputs = asked.get("input", {})
    if not isinstance(inputs, dict):
        return ""
    # Nobody says whether the whole request is meant, or only its input.
    alone = "input" not in told and "prompt" in told
    fields = told if alone else _object(told.get("input", {} if not inputs else None))
    if fields is None:
        return f"`input` in it is no object, nor the text of one: {shortened(text, 60)!r}"
    pairs = [] if alone else [("model", asked.get("model"), told.get("model"))]
    pairs += [(name, value, fields.get(name)) for name, value in inputs.items() if _echoed(value)]
    for name, wanted, found in pairs:
        if wanted is not None and str(found) != str(wanted):
            return f"{name} was {_around(wanted, found)}, param has {_around(found, wanted)}"
    return ""


def _around(value: Any, other: Any) -> str:
    """A text where it begins to differ from another, and how long it is."""
    if not isinstance(value, str) or len(value) <= SHOWN:
        return repr(value)
    pairs = zip(value, str(other), strict=False)
    same = next((place for place, (one, two) in enumerate(pairs) if one != two), len(value))
    begin = max(0, min(same, len(str(other))) - SHOWN // 2)
    return f"…{value[begin : begin + SHOWN]!r}… ({len(value)} characters)"


def _echoed(value: Any) -> bool:
    """Empty and padded values may be left out or trimmed."""
    return isinstance(value, str) and value == value.strip() != ""


def _object(value: Any) -> dict[str, Any] | None:
    """An object, or the JSON text of one (wire: `input` is text inside the text)."""
    value = value_of(value) if isinstance(value, str) else value
    return value if isinstance(value, dict) else None


ALL_WELL = {"failCode": ("0", "200"), "failMsg": ("success",)}
"""What the envelope says when all is well, and so no reason for a failure."""


@check("failure-reason", "A failed task says why: failCode and failMsg.", f"{FIELDS}/failCode")
def failure_reason(trace: Trace) -> Iterator[Found]:
    for _, poll in _records(trace):
        if state(poll) == "fail":
            empty = [name for name in ("failCode", "failMsg") if not _text(poll.data.get(name))]
            if empty:
                yield poll, f"state fail with no {' and no '.join(empty)}"
            for name, all_well in ALL_WELL.items():
                if _text(poll.data.get(name)).lower() in all_well:
                    yield poll, f"state fail with {name} {poll.data[name]!r}"


@check("no-failure", "A task that has not failed has no failure.", f"{FIELDS}/failCode")
def no_failure(trace: Trace) -> Iterator[Found]:
    for _, poll in _records(trace):
        if state(poll) not in ("fail", ""):
            for name in ("failCode", "failMsg"):
                if _text(poll.data.get(name)):
                    yield poll, f"state {state(poll)} with {name} {poll.data[name]!r}"


def _text(value: Any) -> str:
    return str(value).strip() if value is not None else ""


def _records(trace: Trace) -> Iterator[tuple[Task, Exchange]]:
    return ((task, poll) for task in trace.tasks for poll in task.records)


def _asked(task: Task) -> dict[str, Any]:
    body = task.created.request.body
    return body if isinstance(body, dict) else {}
