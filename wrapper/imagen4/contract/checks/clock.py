"""The clock behind the times: whether a time zone, or another year, got into the times."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from ...facts.protocol import CREATE_TIME
from ..document import field_of_record
from ..exchange import Exchange
from .registry import Found, check
from .times import MILLISECONDS, integer_field

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


@check("utc", "Times are UTC, not some time zone's.", field_of_record(CREATE_TIME))
def times_are_utc(trace: Trace) -> Iterator[Found]:
    """Hours ahead of or behind this machine's clock, for every task, and the server's, too.

    On loopback only if the server's time goes as fast as ours: a test's clock may not.
    """
    moments = _judged(trace)
    if not moments:
        return
    zones = {_zone(told - ours) for _, told, ours in moments}
    first, told, ours = moments[0]
    if zones != {0} and None not in zones and len(zones) == 1 and not _says_so_itself(first, told):
        hours = (told - ours) / 3600
        side = "ahead of" if hours > 0 else "behind"
        yield first, f"createTime is {abs(hours):.2f} h {side} the time of the create"


@check("this-time", "A task's createTime is when it was created.", field_of_record(CREATE_TIME))
def this_time(trace: Trace) -> Iterator[Found]:
    """Another year, or a time made up: for every task, and where the server's own is not so."""
    moments = _judged(trace)
    if moments and all(abs(told - ours) > MONTH for _, told, ours in moments):
        first, told, ours = moments[0]
        if not _says_so_itself(first, told):
            side = "after" if told > ours else "before"
            yield first, f"createTime is {abs(told - ours) / DAY:.0f} days {side} the create"


Moment = tuple[Exchange, float, float]
"""A task's first record, createTime there, and when the create was answered; both Unix seconds."""


def _judged(trace: Trace) -> list[Moment]:
    """None on loopback where the server's time is a test's own."""
    moments = moments_of(trace)
    return moments if moments and (not trace.loopback or _in_real_time(moments)) else []


def moments_of(trace: Trace) -> list[Moment]:
    return [moment for task in trace.tasks if (moment := _moment(task))]


def _moment(task: TaskHistory) -> Moment | None:
    record = next(iter(task.records), None)
    told = integer_field(record, CREATE_TIME) if record else None
    if record is None or told is None or told not in MILLISECONDS or not task.created.at:
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
