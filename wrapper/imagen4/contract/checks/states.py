"""States: forward only, and what is final stays as it is."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ...facts import protocol
from ..document import field_of_record
from ..strict_json import value_of
from ..trace import FINAL, RANKS, TaskHistory, Trace
from .evidence import ENDED_TWICE, READ_TWICE, Evidence
from .registry import Found, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..exchange import Exchange

STATE_FIELD = field_of_record(protocol.STATE)
LASTING = (protocol.TASK_ID, protocol.MODEL, protocol.PARAM, protocol.CREATE_TIME)
"""What a record says of the request; it never changes."""
FINALLY = (
    protocol.RESULT_JSON,
    protocol.FAIL_CODE,
    protocol.FAIL_MESSAGE,
    protocol.COST_TIME,
    protocol.COMPLETE_TIME,
)


@check("forward", "A task's state only moves forward.", STATE_FIELD, of=READ_TWICE)
def forward(trace: Trace) -> Iterator[Found]:
    for task in trace.tasks:
        known = [poll for poll in task.records if poll.state in RANKS]
        for before, after in pairwise(known):
            old, new = before.state, after.state
            if RANKS[new] < RANKS[old] or (old in FINAL and new != old):
                yield after, f"{task.id!r} went from {old} to {new}", before


def _counters(trace: Trace) -> Iterator[tuple[Exchange, str, TaskHistory, int, int]]:
    """Each later record with what counts up in it, and how far it was before and is now."""
    for task in trace.tasks:
        for before, after in pairwise(task.records):
            for name in (protocol.UPDATE_TIME, protocol.PROGRESS):
                old, new = before.data.get(name), after.data.get(name)
                if isinstance(old, int) and isinstance(new, int):
                    yield after, name, task, old, new


COUNTERS = Evidence("no record has updateTime or progress", _counters, optional=True)
"""wire: never seen."""


@check(
    "no-way-back",
    "updateTime and progress do not go back.",
    field_of_record(protocol.UPDATE_TIME),
    of=COUNTERS,
)
def no_way_back(trace: Trace) -> Iterator[Found]:
    for after, name, task, old, new in _counters(trace):
        if new < old:
            yield after, f"{name} of {task.id!r} was {old}, now {new}"


@check(
    "lasting",
    "What a record says of the request does not change.",
    field_of_record(protocol.CREATE_TIME),
    of=READ_TWICE,
)
def lasting(trace: Trace) -> Iterator[Found]:
    for task in trace.tasks:
        for before, after in pairwise(task.records):
            for name in LASTING:
                old, new = before.data.get(name), after.data.get(name)
                if old not in (None, "", new) and _content(old) != _content(new):
                    seen = f"{name} of {task.id!r} was {old!r:.40}, now {new!r:.40}"
                    yield after, seen, before


def _content(value: Any) -> Any:
    """A text of JSON is what it says, `input` in it, too: not the order of names, nor blanks."""
    told = value_of(value) if isinstance(value, str) else None
    if not isinstance(told, dict):
        return value
    return json.dumps(told | {protocol.INPUT: _content(told.get(protocol.INPUT))}, sort_keys=True)


@check("final", "What a task ended with does not change afterwards.", STATE_FIELD, of=ENDED_TWICE)
def final(trace: Trace) -> Iterator[Found]:
    for task in trace.tasks:
        for before, after in pairwise(task.ended):
            for name in FINALLY:
                old, new = before.data.get(name), after.data.get(name)
                same = old == new or _unsigned(_content(old)) == _unsigned(_content(new))
                if before.state == after.state and not same:
                    seen = f"{name} of {task.id!r} was {old!r:.60}, now {new!r:.60}"
                    yield after, seen, before


def _unsigned(value: Any) -> Any:
    """URLs may be signed anew for every reader; the signature stands in their query."""
    return re.sub(r"\?[^\"\s]*", "", value) if isinstance(value, str) else value
