"""How often to ask, and how long to be patient."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from ..errors import InvalidRequest
from .checks import LONGEST, at_least_one, real_number, seconds

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

# Documented by both gateways: every 2-3 s for the first 30 s, every 5-10 s up to two
# minutes, every 15-30 s after that. Where in these bands: the benchmark's figures for
# tasks of 5-120 s, at most 12 polls and a result known within 10 % of the task's duration.
# (until, shortest, longest), all in seconds.
DOCUMENTED_PACE = ((30.0, 2.4, 3.0), (120.0, 5.5, 7.5), (inf, 15.0, 20.0))
# With callbacks: two polls within a wait of 15 minutes, so that the callback's makes three.
SPREAD = 4.0
LONGEST_BACKOFF = 60.0
LONGEST_RETRY_AFTER = 120.0  # between two polls; for a create, the deadline is the bound


@dataclass(frozen=True, slots=True)
class Polling:
    """Settings of waiting. All times are in seconds."""

    timeout: float = 900.0
    """For a whole wait, unless the call names its own. The gateways say: give up after 10-15
    minutes."""
    pace: tuple[tuple[float, float, float], ...] = DOCUMENTED_PACE
    """Bands (until, shortest, longest) of the interval between two polls of a task, by the time
    since the wait began; drawn at random within a band."""
    grace: float = 15.0
    """How long a task that is known to exist may be reported as unknown."""
    tolerance: float = 60.0
    """For how long answers in a row that cannot be understood are ridden out, such as the pages
    of a deployment. At most 20 s where the gateway seems not to be there at all."""
    attempts: int = 5
    """How often a create is tried that provably did not arrive. One that was refused as too
    frequent is tried until the deadline, unless this is 1 or there are no pauses."""
    backoff: float = 2.0
    """The first pause between such attempts; it doubles."""
    paced: bool = True
    """Keep creates and polls below the gateway's documented rates."""
    learns: bool = True
    """Ask later than the pace allows while tasks of that model never end so soon, once some 20 have
    ended, and more rarely while few do. Of tasks that the same call created."""
    callback_patience: float = 60.0
    """When a task is asked for whose callback is awaited (`callback=`) and has not come: after so
    long, then after four times as long, and so on, counted from the beginning of the wait."""

    def __post_init__(self) -> None:
        """Raises InvalidRequest: what cannot be waited by must not show after a task is paid."""
        seconds(self.timeout, "Polling.timeout")
        seconds(self.grace, "Polling.grace")
        seconds(self.tolerance, "Polling.tolerance")
        seconds(self.backoff, "Polling.backoff")
        seconds(self.callback_patience, "Polling.callback_patience", zero=False)
        at_least_one(self.attempts, "Polling.attempts")
        if not (isinstance(self.pace, (tuple, list)) and self.pace and all(map(_band, self.pace))):
            raise InvalidRequest(
                "Polling.pace must be bands of seconds (until, shortest, longest), one or more"
            )

    @classmethod
    def immediate(cls, timeout: float = 10.0) -> Self:
        """No waits at all, for tests against a stand-in whose tasks end at once."""
        return cls(timeout, ((inf, 0.0, 0.0),), 0.0, 0.0, backoff=0.0, paced=False, learns=False)

    def interval(self, elapsed: float, random: Callable[[], float]) -> float:
        """The pause before a task's next poll, `elapsed` seconds into the wait."""
        for until, shortest, longest in self.pace:  # noqa: B007 - the last band goes on
            if elapsed < until:
                break
        return shortest + (longest - shortest) * random()

    def callback_pause(self, elapsed: float) -> float:
        """The pause before a task is asked for whose callback does not come."""
        moment = self.callback_patience
        while moment <= 1.1 * elapsed:  # a sleep may end a little early
            moment *= SPREAD
        return moment - elapsed

    def backoff_pause(
        self, attempt: int, retry_after: float | None, random: Callable[[], float]
    ) -> float:
        """The pause after the `attempt`-th refusal: doubling, half of it at random."""
        doublings = min(attempt - 1, 30)  # no float holds 2 to the 1100th
        backoff = min(self.backoff * 2.0**doublings, LONGEST_BACKOFF)
        wish = min(retry_after or 0.0, LONGEST_RETRY_AFTER) if self.backoff else 0.0
        return max(backoff * (0.5 + 0.5 * random()), wish)

    @property
    def repeats_refused(self) -> bool:
        """Whether a create that was refused as too frequent is tried until the deadline."""
        return self.attempts > 1 and self.backoff > 0


def _band(band: object) -> bool:
    """Whether this is one band of a pace."""
    if not isinstance(band, (tuple, list)) or len(band) != 3:
        return False
    until, shortest, longest = map(real_number, band)
    if until is None or shortest is None or longest is None:
        return False
    return until > 0 and 0 <= shortest <= longest <= LONGEST
