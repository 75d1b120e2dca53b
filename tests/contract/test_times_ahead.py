"""A time still to come is found without trusting any clock, and only where it is one."""

from typing import Any

import pytest

from contract.clocks import Shifted, checks_on
from contract.conftest import BRIEFLY, FEW, Hold
from imagen4.contract.run import RunOutcome
from sharpening.clock import Clock
from sharpening.defect import Defect, around, recording
from sharpening.measure import Setting, caught_by, meet
from sharpening.reference import STYLES, Reference, Task
from sharpening.time_defects import AREA

AHEAD = {defect.name: defect for defect in AREA.defects if "ahead" in defect.name}


def _checks(outcome: RunOutcome) -> list[str]:
    return caught_by(outcome.sorted.violations)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", ["complete-time-5-minutes-ahead", "update-time-a-day-ahead"])
def test_a_time_still_to_come_is_found(name: str, style: str) -> None:
    """Quick has seen for how long a task can have run at most, whatever its costTime says."""
    assert _checks(meet(Setting("kie", style, creates=FEW), AHEAD[name])) == ["not-ahead"]


def test_it_is_found_where_times_are_whole_seconds(clock: Clock, hold: Hold) -> None:
    """Rounding makes it harder to tell how fast the server's time goes, not impossible."""
    server = Reference("kie", "documented", clock)
    AHEAD["complete-time-an-hour-ahead"].apply(server)
    recording(_coarse)(server)
    assert _checks(hold(server, **BRIEFLY)) == ["not-ahead"]


def test_it_is_found_where_the_servers_clock_is_wrong(clock: Clock, hold: Hold) -> None:
    """Only differences count: a clock that is minutes behind hides nothing."""
    server = Reference("kie", "documented", clock)
    AHEAD["complete-time-5-minutes-ahead"].apply(server)
    recording(lambda record, _task: _later(record, -600_000))(server)
    assert _checks(hold(server, **BRIEFLY)) == ["not-ahead"]


def _later(record: dict[str, Any], milliseconds: int) -> None:
    for name in ("createTime", "completeTime", "updateTime"):
        if record.get(name):
            record[name] += milliseconds


def _coarse(record: dict[str, Any], _task: Task) -> None:
    for name in ("createTime", "completeTime", "updateTime"):
        if record.get(name):
            record[name] = record[name] // 1000 * 1000
    if (record.get("costTime") or 0) > 1000:
        record["costTime"] = record["completeTime"] - record["createTime"]


@pytest.mark.parametrize("style", STYLES)
def test_times_in_whole_seconds_are_no_finding(style: str) -> None:
    """A second of rounding is not the future."""
    coarse = Defect("coarse", "variant", recording(_coarse))
    assert _checks(meet(Setting("apikley", style, creates=FEW), coarse)) == []


def test_an_update_time_of_the_read_is_no_finding(clock: Clock, hold: Hold) -> None:
    """It may be the time of the answer itself, also long after the end."""
    server = Reference("kie", "documented", clock)
    recording(lambda r, _task: r.update(updateTime=int(server.now() * 1000)))(server)
    assert _checks(hold(server, **BRIEFLY)) == []


def test_a_task_that_was_there_before_is_not_judged(clock: Clock, hold: Hold) -> None:
    """It took its minute before anybody asked; only what began with the create is timed."""
    server = Reference("kie", "observed", clock)

    def create(original: Any, incoming: Any) -> Any:
        data = original(incoming)
        task = server.tasks[data["taskId"]]
        task.created -= 3600 if task.number == 1 else 0
        return data

    def record(record: dict[str, Any], task: Task) -> None:
        if task.number == 1:
            record.update(completeTime=record["createTime"] + 60_000, costTime=60)

    around(server, "create", create)
    recording(record)(server)
    assert _checks(hold(server, **BRIEFLY)) == []


@pytest.mark.parametrize(
    "speed", [7, *(pytest.param(speed, marks=pytest.mark.slow) for speed in (60, 1000))]
)
def test_a_test_servers_fast_time_is_reckoned_with(speed: int, clock: Clock) -> None:
    """Its tasks may well take half a minute of its own time in a second of ours."""
    server = Shifted(clock, 0.0, speed, dated=False)
    server.generating = 30.0
    assert checks_on(server, clock) == set()


def test_a_clock_that_stands_still_is_not_timed(clock: Clock, hold: Hold) -> None:
    """A stand-in with one made-up moment for everything has no time to compare with."""
    server = Reference("kie", "observed", clock)

    def record(record: dict[str, Any], _task: Task) -> None:
        record["createTime"] = 1_790_000_000_001
        if record["completeTime"]:
            record.update(completeTime=1_790_000_060_001, costTime=60)

    recording(record)(server)
    assert _checks(hold(server)) == []
