"""Liveness: every task ends, and not every one of them in failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...facts.protocol import FAILED, STATE
from ..document import field_of_record
from .registry import Found, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..trace import TaskHistory, Trace

STATE_FIELD = field_of_record(STATE)
ENOUGH = 5
"""So many different prompts that failed, and none that did not, are no bad luck."""


@check("ends", "Every task ends in success or fail.", STATE_FIELD)
def ends(trace: Trace) -> Iterator[Found]:
    if not trace.patient:
        return
    for task in trace.tasks:
        if task.records and not task.ended:
            yield task.polls[-1], f"{task.id!r} {_last_seen(task)}"


def _last_seen(task: TaskHistory) -> str:
    """What the last poll showed; that may have been no record any more."""
    record, last = task.records[-1], task.polls[-1]
    if last is record:
        return f"is still {record.state!r}"
    told = f"{last.verdict} {last.message!r}" if last.answer else last.error
    return f"was {record.state!r} when its record was last given; the last answer: {told}"


@check("some-succeed", "Tasks the document allows can succeed.", STATE_FIELD)
def some_succeed(trace: Trace) -> Iterator[Found]:
    ended = [task.ended[-1] for task in trace.tasks if task.ended]
    if len(ended) >= ENOUGH and all(poll.state == FAILED for poll in ended):
        yield ended[-1], f"all {len(ended)} tasks failed: {ended[-1].data.get('failMsg')!r}"
