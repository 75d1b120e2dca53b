"""A time zone in Unix times is a defect; a clock that is merely wrong, or fast, is not."""

from email.utils import formatdate

import pytest

from contract.conftest import Hold
from imagen4.contract.run import Options, Seams, run
from imagen4.contract.target import Target
from sharpening.clock import Clock
from sharpening.reference import KEYS, Incoming, InProcess, Outgoing, Reference

HOUR = 3600.0


class Shifted(Reference):
    """Has a clock that began `ahead` of ours and goes `speed` times as fast."""

    def __init__(self, clock: Clock, ahead: float, speed: float = 1.0, *, dated: bool) -> None:
        super().__init__("kie", "observed", clock)
        self.ahead, self.speed, self.dated = ahead, speed, dated

    def now(self) -> float:
        return super().now() + self.ahead + self.clock.now() * (self.speed - 1)

    def answer(self, incoming: Incoming) -> Outgoing:
        outgoing = super().answer(incoming)
        if self.dated:
            outgoing.headers["date"] = formatdate(self.now(), usegmt=True)
        return outgoing


def _checks(server: Shifted, clock: Clock) -> set[str]:
    target = Target("kie", "http://127.0.0.1:9", KEYS["kie"])
    ours = Reference("kie", "observed", clock).now
    outcome = run(Options(target), Seams(InProcess(server), clock.now, clock.sleep, ours))
    return {finding.check for finding in outcome.sorted.violations}


@pytest.mark.parametrize("hours", [-11, -1, 1, 5.75, 14])
def test_a_time_zone_is_found(hours: float, clock: Clock) -> None:
    """Whole quarter hours from one hour on are some place's time of day."""
    assert _checks(Shifted(clock, hours * HOUR, dated=False), clock) == {"utc"}


@pytest.mark.parametrize(
    ("ahead", "speed", "dated"),
    [
        (180.0, 1, False),
        (0.4 * HOUR, 1, False),
        (2.1 * HOUR, 1, False),
        (24 * HOUR, 1, False),
        (8 * HOUR, 1, True),
        (8 * HOUR, 60, False),
        (8 * HOUR, 0.001, False),
    ],
    ids=["minutes", "less", "no-zone", "a-day", "says-so-itself", "fast", "nearly-stopped"],
)
def test_a_clock_of_its_own_is_no_finding(
    ahead: float, speed: float, dated: bool, clock: Clock
) -> None:
    """Clocks may be wrong; a test server's may be fast or stand still."""
    assert "utc" not in _checks(Shifted(clock, ahead, speed, dated=dated), clock)


@pytest.mark.parametrize("nth", [2, 3, 5])
@pytest.mark.parametrize("phase", ["quick", pytest.param("full", marks=pytest.mark.slow)])
def test_tasks_that_fail_by_chance_are_no_finding(
    phase: str, nth: int, clock: Clock, hold: Hold
) -> None:
    """Every other task may fail, as long as it is not what was asked for that decides."""
    server = Reference("apikley", "observed", clock)
    server.fails = lambda task: task.number % nth == 0  # type: ignore[method-assign]
    assert hold(server, phase=phase).sorted.violations == []
