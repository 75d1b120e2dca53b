"""Times: Unix milliseconds, in order, and of one mind with costTime."""

from collections.abc import Iterator
from typing import Any

from imagen4.contract.checks.registry import Finding, Found, check
from imagen4.contract.document import TASK
from imagen4.contract.exchange import Exchange
from imagen4.contract.trace import FINAL, Trace, state

FIELDS = f"{TASK}/properties"
NAMES = ("createTime", "completeTime", "updateTime")
MILLISECONDS = range(10**12, 10**13)
"""2001 to 2286: anything else is another unit, or no time at all."""
BEFORE_ALL_TASKS = 1_704_067_200_000
"""2024-01-01 UTC. Nearer bounds would judge clocks, which tests may speed up."""
ROUNDING = 1_000
"""Milliseconds by which times of different machines, or rounded ones, may be off."""


@check("milliseconds", "Times are Unix times in milliseconds.", f"{FIELDS}/createTime")
def milliseconds(trace: Trace) -> Iterator[Found]:
    for poll in _records(trace):
        for name in NAMES:
            value = number(poll, name)
            if value and value not in MILLISECONDS:
                yield poll, f"{name} is {value}"
            elif name == "completeTime" and value == 0 and state(poll) == "success":
                yield poll, "completeTime is 0 in state success"
            elif name == "createTime" and value is not None and value < BEFORE_ALL_TASKS:
                yield poll, f"createTime is {value}, before there was such a model"


@check(
    "times-in-order",
    "A task is created before it is updated or completed.",
    f"{FIELDS}/completeTime",
)
def in_order(trace: Trace) -> Iterator[Found]:
    for poll in _records(trace):
        created = number(poll, "createTime")
        for name in NAMES[1:]:
            later = number(poll, name)
            if created and later and later < created:
                yield poll, f"createTime {created}, {name} {later}"


@check(
    "completed",
    "completeTime and costTime stand in records of ended tasks.",
    f"{FIELDS}/completeTime",
)
def completed(trace: Trace) -> Iterator[Found]:
    for poll in _records(trace):
        for name in ("completeTime", "costTime"):
            value = number(poll, name)
            if value and state(poll) not in (*FINAL, ""):
                yield poll, f"{name} {value} in state {state(poll)}"


@check("cost-time", "costTime is how long the task took, in milliseconds.", f"{FIELDS}/costTime")
def cost_time(trace: Trace) -> Iterator[Finding | Found]:
    """The page says milliseconds of processing, which may leave out the wait."""
    for poll in _records(trace):
        cost = number(poll, "costTime")
        if cost is None or state(poll) not in FINAL:
            continue
        took = _took(poll)
        if cost < 0:
            yield poll, f"costTime is {cost}"
        elif took is not None and not _plausible(cost, took, trace.style):
            yield _mismatch(poll, cost, took)


def _plausible(cost: int, took: int, style: str) -> bool:
    """Milliseconds: all of the time or, as documented, the processing's share of it."""
    if style == "documented":
        return cost <= took + ROUNDING and (cost >= ROUNDING or took <= 2 * ROUNDING)
    return abs(cost - took) <= ROUNDING


def _mismatch(poll: Exchange, cost: int, took: int) -> Finding:
    """`seconds` is the field of a finding that is right but for the unit."""
    field = "seconds" if abs(cost - took / 1000) <= 1 else ""
    seen = f"costTime {cost}, completeTime − createTime {took} ms"
    promise = "costTime is how long the task took, in milliseconds."
    return Finding("cost-time", promise, f"{FIELDS}/costTime", poll, seen, field, cost)


def _took(poll: Exchange) -> int | None:
    """Milliseconds from creation to completion; None unless both are such times, in order."""
    created, done = number(poll, "createTime"), number(poll, "completeTime")
    if created is None or done is None or done < created:
        return None
    return done - created if created in MILLISECONDS and done in MILLISECONDS else None


def number(poll: Exchange, name: str) -> int | None:
    value: Any = poll.data.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _records(trace: Trace) -> Iterator[Exchange]:
    return (poll for task in trace.tasks for poll in task.records)
