"""Records: each is the record of the task asked for, and tells what was asked of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...facts.protocol import FAIL_CODE, FAIL_MESSAGE, FAILED, INPUT, MODEL, PARAM, TASK_ID
from ..document import field_of_record, shortened
from ..strict_json import value_of
from .envelope import NO_WORDS
from .evidence import FAILURE_SEEN, NO_FAILURE_SEEN, RECORDS, records_with
from .registry import Found, check

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ..trace import Trace

SHOWN = 40


@check("same-task", "A record is that of the task asked for.", field_of_record(TASK_ID), of=RECORDS)
def same_task(trace: Trace) -> Iterator[Found]:
    for task, poll in trace.records:
        told = poll.data.get(TASK_ID)
        if isinstance(told, str) and told != task.id:
            yield poll, f"asked for {task.id!r}, got the record of {shortened(told, 60)!r}"


@check(
    "same-model",
    "A record names the model the task was created for.",
    field_of_record(MODEL),
    of=records_with(MODEL),
)
def same_model(trace: Trace) -> Iterator[Found]:
    for task, poll in trace.records:
        asked, told = task.asked.get(MODEL), poll.data.get(MODEL)
        if asked and told and told != asked:
            yield poll, f"created for {asked!r}, the record says {told!r}"


@check(
    "param",
    "`param` is JSON text with the parameters of the request.",
    field_of_record(PARAM),
    of=records_with(PARAM),
)
def param(trace: Trace) -> Iterator[Found]:
    for task, poll in trace.records:
        text = poll.data.get(PARAM)
        if isinstance(text, str) and text:
            known = trace.document.input_fields
            problem = _difference(task.asked, text, known) or _default(trace, task.asked, text)
            if problem:
                yield poll, problem


def _default(trace: Trace, asked: dict[str, Any], text: str) -> str:
    """How `param` fills in what was not asked for; it may, with the documented default."""
    inputs, told = asked.get(INPUT), (_object(text) or {})
    filled = _object(told.get(INPUT, told)) or {}
    for name, schema in trace.document.input_fields.items():
        missing = isinstance(inputs, dict) and name not in inputs and "default" in schema
        if missing and filled.get(name) and str(filled[name]) != str(schema["default"]):
            return f"{name} was not given, param has {shortened(repr(filled[name]), 40)}"
    return ""


def _difference(asked: dict[str, Any], text: str, known: Collection[str]) -> str:
    """How `param` differs from the request; more may stand in it, and nothing unknown has to."""
    told = _object(text)
    if told is None:
        return f"not the text of a JSON object: {shortened(text, 60)!r}"
    inputs = asked.get(INPUT, {})
    if not isinstance(inputs, dict):
        return ""
    # Nobody says whether the whole request is meant, or only its input.
    alone = INPUT not in told and bool(told.keys() & inputs.keys())
    fields = told if alone else _object(told.get(INPUT, {} if not inputs else None))
    if fields is None:
        return f"`input` in it is no object, nor the text of one: {shortened(text, 60)!r}"
    pairs = [] if alone else [(MODEL, asked.get(MODEL), told.get(MODEL))]
    told_again = (name for name in inputs if name in known and _echoed(inputs[name]))
    pairs += [(name, inputs[name], fields.get(name)) for name in told_again]
    for name, wanted, found in pairs:
        if wanted is not None and found != wanted and str(found) != str(wanted):
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
    return value == value.strip() != "" if isinstance(value, str) else value not in ([], {})


def _object(value: Any) -> dict[str, Any] | None:
    """An object, or the JSON text of one (wire: `input` is text inside the text)."""
    value = value_of(value) if isinstance(value, str) else value
    return value if isinstance(value, dict) else None


ALL_WELL = {FAIL_CODE: ("0", "200", *NO_WORDS), FAIL_MESSAGE: NO_WORDS}
"""What the envelope says when all is well, and so no reason for a failure."""


@check(
    "failure-reason",
    "A failed task says why: failCode and failMsg.",
    field_of_record(FAIL_CODE),
    of=FAILURE_SEEN,
)
def failure_reason(trace: Trace) -> Iterator[Found]:
    for _, poll in trace.records:
        if poll.state == FAILED:
            empty = [name for name in ALL_WELL if not _stripped(poll.data.get(name))]
            if empty:
                yield poll, f"state fail with no {' and no '.join(empty)}"
            for name, all_well in ALL_WELL.items():
                if _stripped(poll.data.get(name)).lower() in all_well:
                    yield poll, f"state fail with {name} {poll.data[name]!r}"


@check(
    "no-failure",
    "A task that has not failed has no failure.",
    field_of_record(FAIL_CODE),
    of=NO_FAILURE_SEEN,
)
def no_failure(trace: Trace) -> Iterator[Found]:
    for _, poll in trace.records:
        if poll.state not in (FAILED, ""):
            for name in ALL_WELL:
                if _stripped(poll.data.get(name)):
                    yield poll, f"state {poll.state} with {name} {poll.data[name]!r}"


def _stripped(value: Any) -> str:
    return str(value).strip() if value is not None else ""
