"""A time zone in Unix times is a defect; a clock that is merely wrong, or fast, is not."""

import pytest

from contract.clocks import Shifted, checks_on
from contract.conftest import Hold
from sharpening.clock import Clock
from sharpening.reference import Reference

HOUR = 3600.0
DAY = 24 * HOUR


@pytest.mark.parametrize("hours", [-11, -1, 1, 5.75, 14])
def test_a_time_zone_is_found(hours: float, clock: Clock) -> None:
    """Whole quarter hours from one hour on are some place's time of day."""
    assert checks_on(Shifted(clock, hours * HOUR, dated=False), clock) == {"utc"}


@pytest.mark.parametrize(
    ("ahead", "speed", "dated"),
    [
        (180.0, 1, False),
        (0.4 * HOUR, 1, False),
        (2.1 * HOUR, 1, False),
        (24 * HOUR, 1, False),
        (8 * HOUR, 1, True),
        (8 * HOUR, 60, False),
        pytest.param(8 * HOUR, 0.001, False, marks=pytest.mark.slow),
        (20 * DAY, 1, False),
        (-400 * DAY, 1, True),
        (-400 * DAY, 60, False),
        (0.0, 7, False),
    ],
    ids=[
        "minutes",
        "less",
        "no-zone",
        "a-day",
        "says-so-itself",
        "fast",
        "nearly-stopped",
        "weeks",
        "own-year",
        "fast-year",
        "7-times",
    ],
)
def test_a_clock_of_its_own_is_no_finding(
    ahead: float, speed: float, dated: bool, clock: Clock
) -> None:
    """Clocks may be wrong; a test server's may be fast or stand still."""
    found = checks_on(Shifted(clock, ahead, speed, dated=dated), clock)
    assert not found & {"utc", "this-time", "not-ahead"}


@pytest.mark.parametrize("days", [-365, -40, 60])
def test_another_time_of_the_year_is_found(days: float, clock: Clock) -> None:
    """So far off is no clock, and it is said once, as what it is."""
    assert checks_on(Shifted(clock, days * DAY, dated=False), clock) == {"this-time"}


@pytest.mark.parametrize(
    ("phase", "nth"),
    [
        ("quick", 2),
        *(pytest.param("quick", nth, marks=pytest.mark.slow) for nth in (3, 5)),
        *(pytest.param("full", nth, marks=pytest.mark.slow) for nth in (2, 3, 5)),
    ],
)
def test_tasks_that_fail_by_chance_are_no_finding(
    phase: str, nth: int, clock: Clock, hold: Hold
) -> None:
    """Every other task may fail, as long as it is not what was asked for that decides."""
    server = Reference("apikley", "observed", clock)
    server.fails = lambda task: task.number % nth == 0  # type: ignore[method-assign]
    assert hold(server, phase=phase).sorted.violations == []
