"""What has not happened yet: no record can tell of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...facts.protocol import COMPLETE_TIME, CREATE_TIME
from ..document import field_of_record
from .clock import EXACT, moments_of, rounding_of
from .registry import Found, check
from .times import MILLISECONDS, NAMES, integer_field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..exchange import Exchange
    from ..trace import TaskHistory, Trace

SLACK = 2.0
"""Seconds by which times of different machines, each rounded, may be off."""


@check(
    "not-ahead",
    "A record is not completed or updated at a time still to come.",
    field_of_record(COMPLETE_TIME),
)
def not_ahead(trace: Trace) -> Iterator[Found]:
    """Counted from createTime, and from when the create was sent: no two clocks need agree."""
    speed = _speed(trace)
    if speed is None:
        return
    for task in _made_here(trace.tasks):
        for poll in task.records:
            passed = poll.ended - task.created.sent
            for name in NAMES[1:]:
                told = _since_create(poll, name)
                if told is not None and told > passed * speed + SLACK:
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
    told = integer_field(task.records[0], CREATE_TIME) if task.records else None
    if told is None or told not in MILLISECONDS:
        return None
    return told / 1000 - task.created.sent, told / 1000 - task.created.ended


def _since_create(poll: Exchange, name: str) -> float | None:
    created, later = integer_field(poll, CREATE_TIME), integer_field(poll, name)
    if created is None or later is None:
        return None
    known = created in MILLISECONDS and later in MILLISECONDS
    return (later - created) / 1000 if known else None
