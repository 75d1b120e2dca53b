"""The clock behind the times: whether time zones, other years or the future got into them."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from ...facts.protocol import COMPLETE_TIME, CREATE_TIME
from ..document import field_of_record
from ..exchange import Exchange
from .evidence import Evidence
from .registry import Found, check
from .times import NAMES, time_field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..trace import TaskHistory, Trace

QUARTER = 900.0
"""Seconds. Time zones are whole quarter hours off; a clock that is merely wrong is not."""
ZONES = range(4, 14 * 4 + 1)
CLOSE = 20.0
"""Seconds by which honest clocks, and the moments compared, may differ."""
ROUNDED, EXACT = 1.0, 0.05
DAY = 86_400.0
MONTH = 30 * DAY
"""No clock that is merely wrong is so far off, and a test's own rarely."""


OUR_CLOCK = Evidence(
    "no record has a createTime, or the server's time is a test's own",
    lambda t: _moments_in_real_time(t),
)


@check("utc", "Times are UTC, not some time zone's.", field_of_record(CREATE_TIME), of=OUR_CLOCK)
def times_are_utc(trace: Trace) -> Iterator[Found]:
    """Hours ahead of or behind this machine's clock, for every task, and the server's, too.

    On loopback only if the server's time goes as fast as ours: a test's clock may not.
    """
    moments = _moments_in_real_time(trace)
    if not moments:
        return
    zones = {_zone(told - ours) for _, told, ours in moments}
    first, told, ours = moments[0]
    if zones != {0} and None not in zones and len(zones) == 1 and not _says_so_itself(first, told):
        hours = (told - ours) / 3600
        side = "ahead of" if hours > 0 else "behind"
        yield first, f"createTime is {abs(hours):.2f} h {side} the time of the create"


@check(
    "this-time",
    "A task's createTime is when it was created.",
    field_of_record(CREATE_TIME),
    of=OUR_CLOCK,
)
def this_time(trace: Trace) -> Iterator[Found]:
    """Another year, or a time made up: for every task, and where the server's own is not so."""
    moments = _moments_in_real_time(trace)
    if moments and all(abs(told - ours) > MONTH for _, told, ours in moments):
        first, told, ours = moments[0]
        if not _says_so_itself(first, told):
            side = "after" if told > ours else "before"
            yield first, f"createTime is {abs(told - ours) / DAY:.0f} days {side} the create"


@check(
    "created-in-order",
    "What is created later has a later createTime.",
    field_of_record(CREATE_TIME),
    of=Evidence("fewer than two tasks have a createTime", lambda t: moments_of(t)[1:]),
)
def created_in_order(trace: Trace) -> Iterator[Found]:
    """Of creates one after the other, whosever time it is: no clock goes back."""
    newest, before = 0.0, None
    for task in trace.tasks:
        moment = _moment(task)
        if moment is None:
            continue
        record, told, _ = moment
        if before and before.created.ended <= task.created.sent and told < newest - CLOSE:
            seen = f"createTime of {task.id!r} is {newest - told:.0f} s before {before.id!r}'s"
            yield record, f"{seen}, which was created first"
        if told > newest:
            newest, before = told, task


Moment = tuple[Exchange, float, float]
"""A task's first record, createTime there, and when the create was answered; both Unix seconds."""


def _moments_in_real_time(trace: Trace) -> list[Moment]:
    """None on loopback where the server's time is a test's own."""
    moments = moments_of(trace)
    return moments if moments and (not trace.loopback or _in_real_time(moments)) else []


def moments_of(trace: Trace) -> list[Moment]:
    return [moment for task in trace.tasks if (moment := _moment(task))]


def _moment(task: TaskHistory) -> Moment | None:
    record = next(iter(task.records), None)
    told = time_field(record, CREATE_TIME) if record else None
    if record is None or told is None or not task.created.at:
        return None
    return record, told / 1000, task.created.at


def _zone(offset: float) -> int | None:
    """Quarter hours off; 0 for the same time, None for what is no time zone."""
    quarters = round(offset / QUARTER)
    near = abs(offset - quarters * QUARTER) <= CLOSE
    return quarters if near and (quarters == 0 or abs(quarters) in ZONES) else None


def rounding_of(moments: list[Moment]) -> float:
    return ROUNDED if all(moment[1].is_integer() for moment in moments) else EXACT


def _in_real_time(moments: list[Moment]) -> bool:
    (_, told, ours), (_, told_last, ours_last) = moments[0], moments[-1]
    rounding = rounding_of(moments)
    passed, goes = ours_last - ours, told_last - told
    return passed > 0 and goes > 0 and abs(goes - passed) <= max(passed / 2, rounding)


def _says_so_itself(record: Exchange, told: float) -> bool:
    """Whether the server's Date agrees: then its clock is off, and no time zone got in."""
    try:
        date = parsedate_to_datetime(record.answer.header("date") if record.answer else "")
    except ValueError:
        return False
    return abs(date.timestamp() - told) <= QUARTER


SLACK = 2.0
"""Seconds by which times of different machines, each rounded, may be off."""


def _later_times(trace: Trace) -> Iterator[tuple[Exchange, str, float, float]]:
    """Records, a time in each, seconds to that from createTime, and from the create to the read."""
    if _speed(trace) is None:
        return
    for task in _made_here(trace.tasks):
        for poll in task.records:
            for name in NAMES[1:]:
                told = _since_create(poll, name)
                if told is not None:
                    yield poll, name, told, poll.ended - task.created.sent


LATER_TIMES = Evidence("no record's later times can be held against createTime", _later_times)


@check(
    "not-ahead",
    "A record is not completed or updated at a time still to come.",
    field_of_record(COMPLETE_TIME),
    of=LATER_TIMES,
)
def not_ahead(trace: Trace) -> Iterator[Found]:
    """Counted from createTime, and from when the create was sent: no two clocks need agree."""
    speed = _speed(trace) or 1.0
    for poll, name, told, passed in _later_times(trace):
        if told > passed * speed + SLACK:
            seen = f"{name} is {told:.1f} s after createTime"
            yield poll, f"{seen}, read {passed:.1f} s after the create was sent"


def _speed(trace: Trace) -> float | None:
    """How fast the server's time goes at most; None where that cannot be told.

    On loopback a test may speed its time up, or let it stand still and make times up.
    """
    if not trace.loopback:
        return 1.0
    moments = moments_of(trace)
    passed = moments[-1][2] - moments[0][2] if moments else 0.0
    if passed <= 0:
        return None
    goes, rounding = moments[-1][1] - moments[0][1], rounding_of(moments)
    stands_still = goes <= 0 and rounding == EXACT
    return None if stands_still else max(1.0, (goes + rounding) / passed)


def _made_here(tasks: list[TaskHistory]) -> Iterator[TaskHistory]:
    """Without those that were there before: they began long before the create was sent.

    A server that has every earlier task's answer ready breaks another promise.
    """
    offsets = {task.id: times for task in tasks if (times := _offsets(task))}
    newest = max((at_answer for _, at_answer in offsets.values()), default=0.0)
    for task in tasks:
        if task.id in offsets and offsets[task.id][0] >= newest - SLACK:
            yield task


def _offsets(task: TaskHistory) -> tuple[float, float] | None:
    """createTime less the moments the create was sent and answered: it lies between them."""
    told = time_field(task.records[0], CREATE_TIME) if task.records else None
    if told is None:
        return None
    return told / 1000 - task.created.sent, told / 1000 - task.created.ended


def _since_create(poll: Exchange, name: str) -> float | None:
    created, later = time_field(poll, CREATE_TIME), time_field(poll, name)
    return None if created is None or later is None else (later - created) / 1000
