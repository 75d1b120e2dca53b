"""How long a run asks, waits and follows; on loopback nobody wants to wait as long as elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

SLOWEST = 16
"""So many times as long as another may a task take; wire: pictures from 12 s, a film 188 s."""
PATIENCE = 60.0
"""Seconds that every task gets, however fast the others are."""
GIVE_UP = 900.0
"""doc: after 10 to 15 minutes. So it is where there is no reason to hurry."""


@dataclass(frozen=True)
class Limits:
    """All but `usual` in seconds."""

    usual: str
    """How long asking takes as a rule, in words; measured with the default model."""
    asking: float
    """However slow the answers are. Elsewhere the pace and the time-outs make it long."""
    most: float = GIVE_UP
    """For tasks of which none ends; wire: pictures took up to 66 s, a film 188 s."""
    spare: float = GIVE_UP
    """For the others once some have ended, unless `SLOWEST` times as long as those took is more."""
    timeout: float = 30.0
    """For an answer."""
    first_poll: float = 2.5
    longest_poll: float = 15.0
    """doc: every 2 to 3 s at first, every 15 to 30 s later."""


LIMITS = {
    ("quick", True): Limits("5 to 20 s", 30.0, 120.0, PATIENCE, 5.0, 0.02, 5.0),
    ("full", True): Limits("20 to 75 s", 75.0, 300.0, 180.0, 5.0, 0.02, 5.0),
    ("quick", False): Limits("1 to 4 min", 1800.0),
    ("full", False): Limits("2 to 15 min", 3600.0),
}
"""By phase, and whether the server is on loopback."""
