"""Liveness: every task ends, not every one in failure, and none for what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...facts.protocol import CALLBACK_URL, FAIL_MESSAGE, FAILED, INPUT, STATE
from ..document import field_of_record
from ..exchange import Exchange, Expect
from ..limits import PATIENCE, SLOWEST
from .evidence import Evidence
from .registry import Finding, Found, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..trace import TaskHistory, Trace

STATE_FIELD = field_of_record(STATE)
ENOUGH = 5
"""So many different prompts that failed, and none that did not, are no bad luck."""
FEWEST = 4
ENDS = Evidence("no task was seen to end", lambda trace: _ended(trace) or _waited_for(trace))
OUTCOMES = Evidence(
    f"no task was seen to succeed, and fewer than {ENOUGH} to fail",
    lambda trace: [*trace.successes] or _ended(trace)[ENOUGH - 1 :],
)
MANY_ENDS = Evidence(
    f"fewer than {FEWEST} tasks were seen to end", lambda trace: _ended(trace)[FEWEST - 1 :]
)


def _ended(trace: Trace) -> list[TaskHistory]:
    return [task for task in trace.tasks if task.ended]


def _waited_for(trace: Trace) -> list[TaskHistory]:
    return [task for task in trace.tasks if trace.patient and task.records]


@check("ends", "Every task ends in success or fail.", STATE_FIELD, of=ENDS)
def ends(trace: Trace) -> Iterator[Found]:
    for task in _waited_for(trace) or _overdue(trace):
        if not task.ended:
            yield task.polls[-1], f"{task.id!r} {_last_seen(task)}"


def _overdue(trace: Trace) -> list[TaskHistory]:
    """Without the time in which every task has to end: slower than any real one beside these."""
    succeeded = {task.id: task for task, _ in trace.successes}.values()
    took = [task.ended[0].ended - task.created.sent for task in succeeded]
    if len(took) < FEWEST:
        return []
    bound = max(PATIENCE, SLOWEST * max(took))
    running = [task for task in trace.tasks if task.records and not task.ended]
    return [task for task in running if task.polls[-1].ended - task.created.sent >= bound]


def _last_seen(task: TaskHistory) -> str:
    """What the last poll showed; that may have been no record any more."""
    record, last = task.records[-1], task.polls[-1]
    if last is record:
        return f"is still {record.state!r}"
    told = last.told if last.answer else last.error
    return f"was {record.state!r} when its record was last given; the last answer: {told}"


@check("some-succeed", "Tasks the document allows can succeed.", STATE_FIELD, of=OUTCOMES)
def some_succeed(trace: Trace) -> Iterator[Found]:
    ended = [task.ended[-1] for task in _ended(trace)]
    if len(ended) >= ENOUGH and all(poll.state == FAILED for poll in ended):
        for poll in ended:
            yield poll, f"all {len(ended)} tasks failed: {poll.data.get(FAIL_MESSAGE)!r}"


LONG = 1_000
CHANCE = 1e-3
"""Above this probability it may be chance that all of some kind failed."""
ALWAYS_FAIL = "Tasks can succeed whatever is asked for within the document"


@check("kinds-succeed", f"{ALWAYS_FAIL}.", STATE_FIELD, of=MANY_ENDS)
def kinds_succeed(trace: Trace) -> Iterator[Finding]:
    """The one kind of request, if any, all of whose tasks fail although others succeed."""
    ended = [
        (_kinds(trace, task.created), task.ended[-1])
        for task in trace.tasks
        if task.ended and task.created.intent.expect is Expect.ACCEPT
    ]
    telling = []
    for kind in sorted({kind for kinds, _ in ended for kind in kinds}):
        of_kind = [poll for kinds, poll in ended if kind in kinds]
        others = [poll for kinds, poll in ended if kind not in kinds]
        if _is_no_chance(of_kind, others):
            telling.append((kind, of_kind))
    kind, failed = max(telling, key=lambda each: len(each[1]), default=("", []))
    told = f"all {len(failed)} failed with {kind}, others did not"
    for poll in failed:
        seen = f"{told}: {poll.data.get(FAIL_MESSAGE)!r:.80}"
        yield Finding("kinds-succeed", f"{ALWAYS_FAIL} ({kind}).", STATE_FIELD, poll, seen)


def _is_no_chance(of_kind: list[Exchange], others: list[Exchange]) -> bool:
    if len(of_kind) < FEWEST or any(poll.state != FAILED for poll in of_kind):
        return False
    failed = sum(poll.state == FAILED for poll in others)
    return bool(((failed + 0.5) / (len(others) + 1)) ** len(of_kind) < CHANCE)


def _kinds(trace: Trace, created: Exchange) -> set[str]:
    """In words, everything about a request that might decide what becomes of it."""
    body = created.request.body
    fields = trace.document.input_fields
    kinds = {"a callBackUrl"} if CALLBACK_URL in body else set()
    for name, value in body[INPUT].items():
        if name not in fields:
            kinds.add("an unknown field")
        elif "enum" in fields[name] or isinstance(value, bool):
            kinds.add(f"{name} {value!r}")
        elif name != "prompt":
            kinds.add(f"a {name}")
        kinds |= _of_text(name, value) if isinstance(value, str) else set()
    return kinds


def _of_text(name: str, value: str) -> set[str]:
    kinds = {f"a {name} of more than {LONG} characters"} if len(value) > LONG else set()
    if not value.isascii():
        kinds.add(f"a {name} beyond ASCII")
    return kinds
