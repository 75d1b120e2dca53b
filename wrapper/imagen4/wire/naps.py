"""Letting time pass, which a callback may cut short."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .workers import LOOK

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..core.ports import Bell


def nap(seconds: float, bell: Bell, sleep: Callable[[float], object]) -> None:
    """By looking up now and then, as whoever waits for Ctrl-C must: no lock can be left held."""
    while seconds > 0 and not bell.rung:
        sleep(min(seconds, LOOK))
        seconds -= LOOK
