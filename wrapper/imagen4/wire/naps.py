"""Letting time pass, which a callback may cut short."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .workers import LOOK

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..core.ports import Bell


def nap(
    seconds: float, bell: Bell, sleep: Callable[[float], object], clock: Callable[[], float]
) -> None:
    """By looking up now and then, as whoever waits for Ctrl-C must: no lock can be left held.

    On a busy machine each sleep is a little long, and a wait is thousands of them: the clock says
    when it is over, or their number where a test's sleep passes no time.
    """
    until = clock() + seconds
    while (left := min(seconds, until - clock())) > 0 and not bell.rung:
        sleep(min(left, LOOK))
        seconds -= LOOK
