"""States: forward only, and what is final stays as it is."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from imagen4.contract.checks.registry import Found, check
from imagen4.contract.document import TASK
from imagen4.contract.strict_json import value_of
from imagen4.contract.trace import FINAL, RANKS, Trace, state

STATE = f"{TASK}/properties/state"
LASTING = ("taskId", "model", "param", "createTime")
"""What a record says of the request; it never changes."""
FINALLY = ("resultJson", "failCode", "failMsg", "costTime", "completeTime")


@check("forward", "A task's state only moves forward.", STATE)
def forward(trace: Trace) -> Iterator[Found]:
    for task in trace.tasks:
        known = [poll for poll in task.records if state(poll) in RANKS]
        for before, after in pairwise(known):
            old, new = state(before), state(after)
            if RANKS[new] < RANKS[old] or (old in FINAL and new != old):
                yield after, f"{task.id!r} went from {old} to {new}"


@check("no-way-back", "updateTime and progress do not go back.", f"{TASK}/properties/updateTime")
def no_way_back(trace: Trace) -> Iterator[Found]:
    for task in trace.tasks:
        for before, after in pairwise(task.records):
            for name in ("updateTime", "progress"):
                old, new = before.data.get(name), after.data.get(name)
                if isinstance(old, int) and isinstance(new, int) and new < old:
                    yield after, f"{name} of {task.id!r} was {old}, now {new}"


@check(
    "lasting", "What a record says of the request does not change.", f"{TASK}/properties/createTime"
)
def lasting(trace: Trace) -> Iterator[Found]:
    for task in trace.tasks:
        for before, after in pairwise(task.records):
            for name in LASTING:
                old, new = before.data.get(name), after.data.get(name)
                if old not in (None, "") and _content(old) != _content(new):
                    yield after, f"{name} of {task.id!r} was {old!r:.40}, now {new!r:.40}"


def _content(value: Any) -> Any:
    """A text of JSON is what it says, `input` in it, too: not the order of names, nor blanks."""
    told = value_of(value) if isinstance(value, str) else None
    if not isinstance(told, dict):
        return value
    return json.dumps(told | {"input": _content(told.get("input"))}, sort_keys=True)


@check("final", "What a task ended with does not change afterwards.", STATE)
def final(trace: Trace) -> Iterator[Found]:
    for task in trace.tasks:
        for before, after in pairwise(task.ended):
            for name in FINALLY:
                old, new = before.data.get(name), after.data.get(name)
                same = _unsigned(_content(old)) == _unsigned(_content(new))
                if state(before) == state(after) and not same:
                    yield after, f"{name} of {task.id!r} was {old!r:.60}, now {new!r:.60}"


def _unsigned(value: Any) -> Any:
    """URLs may be signed anew for every reader; the signature stands in their query."""
    return re.sub(r"\?[^\"\s]*", "", value) if isinstance(value, str) else value
