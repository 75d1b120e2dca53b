"""Times: Unix milliseconds, in order, and of one mind with costTime."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...facts.protocol import COMPLETE_TIME, COST_TIME, CREATE_TIME, SUCCEEDED, UPDATE_TIME
from ..document import field_of_record
from ..trace import FINAL, Trace
from .evidence import RUNNING_SEEN, records_with
from .registry import Finding, Found, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..exchange import Exchange

NAMES = (CREATE_TIME, COMPLETE_TIME, UPDATE_TIME)
MILLISECONDS = range(10**12, 10**13)
"""2001 to 2286: anything else is another unit, or no time at all."""
BEFORE_ALL_TASKS = 1_704_067_200_000
"""2024-01-01 UTC. Nearer bounds would judge clocks, which tests may speed up."""
ROUNDING = 1_000
"""Milliseconds by which times of different machines, or rounded ones, may be off."""
SECONDS = range(-ROUNDING, 2 * ROUNDING + 1)
"""Milliseconds that costTime in seconds may leave out, or add: 9 of 64 recorded successes leave out
1,016 to 1,273, one adds 192. With 1,500 a few hundred more would have shown one beyond."""


@check(
    "milliseconds",
    "Times are Unix times in milliseconds.",
    field_of_record(CREATE_TIME),
    of=records_with(CREATE_TIME),
)
def milliseconds(trace: Trace) -> Iterator[Found]:
    for _, poll in trace.records:
        for name in NAMES:
            value = integer_field(poll, name)
            if value and value not in MILLISECONDS:
                yield poll, f"{name} is {value}"
            elif name == COMPLETE_TIME and value == 0 and poll.state == SUCCEEDED:
                yield poll, "completeTime is 0 in state success"
            elif name == CREATE_TIME and value is not None and value < BEFORE_ALL_TASKS:
                yield poll, f"createTime is {value}, before there was such a model"


@check(
    "times-in-order",
    "A task is created before it is updated or completed.",
    field_of_record(COMPLETE_TIME),
    of=records_with(CREATE_TIME, COMPLETE_TIME),
)
def times_in_order(trace: Trace) -> Iterator[Found]:
    for _, poll in trace.records:
        created = integer_field(poll, CREATE_TIME)
        for name in NAMES[1:]:
            later = integer_field(poll, name)
            if created and later and later < created:
                yield poll, f"createTime {created}, {name} {later}"


@check(
    "completed",
    "completeTime and costTime stand in records of ended tasks.",
    field_of_record(COMPLETE_TIME),
    of=RUNNING_SEEN,
)
def completed(trace: Trace) -> Iterator[Found]:
    for _, poll in trace.records:
        for name in (COMPLETE_TIME, COST_TIME):
            value = integer_field(poll, name)
            if value and poll.state not in (*FINAL, ""):
                yield poll, f"{name} {value} in state {poll.state}"


@check(
    "cost-time",
    "costTime is how long the task took, in milliseconds.",
    field_of_record(COST_TIME),
    of=records_with(COST_TIME, ended=True),
)
def cost_time(trace: Trace) -> Iterator[Finding | Found]:
    """The page says milliseconds of processing, which may leave out the wait."""
    for _, poll in trace.records:
        cost = integer_field(poll, COST_TIME)
        if cost is None or poll.state not in FINAL:
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
    field = "seconds" if took - cost * 1000 in SECONDS else ""
    seen = f"costTime {cost}, completeTime − createTime {took} ms"
    promise = "costTime is how long the task took, in milliseconds."
    return Finding("cost-time", promise, field_of_record(COST_TIME), poll, seen, field, cost)


def _took(poll: Exchange) -> int | None:
    """Milliseconds from creation to completion; None unless both are such times, in order."""
    created, done = time_field(poll, CREATE_TIME), time_field(poll, COMPLETE_TIME)
    return None if created is None or done is None or done < created else done - created


def time_field(poll: Exchange, name: str) -> int | None:
    """Unix milliseconds; None where there are none, or something else."""
    value = integer_field(poll, name)
    return value if value and value in MILLISECONDS else None


def integer_field(poll: Exchange, name: str) -> int | None:
    value: Any = poll.data.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
