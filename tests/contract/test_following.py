"""Tasks are followed for as long as they plausibly run, also by a machine that is busy."""

from typing import Any

import pytest

from contract.conftest import Hold
from imagen4.contract.cases import generated
from imagen4.contract.exchange import Case
from imagen4.contract.run import RunOutcome
from sharpening.clock import Clock
from sharpening.reference import Incoming, Outgoing, Reference, Task

FASTEST_PICTURE, LONGEST_PICTURE, FILM = 12.0, 66.1, 188.0
"""Seconds; wire: the recorded tasks that made pictures, and one that made a film."""


class Slow(Reference):
    """Takes `delay` seconds for every answer."""

    delay = 0.0

    def answer(self, incoming: Incoming) -> Outgoing:
        outgoing = super().answer(incoming)
        outgoing.delay = self.delay
        return outgoing


def _unended(outcome: RunOutcome) -> int:
    """Of the tasks that are followed."""
    return sum(1 for task in outcome.trace.tasks if task.records and not task.ended)


def test_quick_sees_the_ends_of_tasks_that_take_as_long_as_real_ones(
    clock: Clock, hold: Hold
) -> None:
    """On loopback, too: what stands there may be a way to the gateway itself."""
    server = Reference("kie", "observed", clock)
    server.generating = LONGEST_PICTURE
    assert _unended(hold(server)) == 0


def test_a_machine_that_overslept_looks_at_every_task_once_more(
    clock: Clock, hold: Hold, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time may be over before there was a chance to look."""
    plain = clock.sleep
    monkeypatch.setattr(clock, "sleep", lambda seconds: plain(300.0 if seconds > 1 else seconds))
    server = Reference("kie", "observed", clock)
    server.generating = LONGEST_PICTURE
    assert _unended(hold(server)) == 0


def test_the_time_counts_from_the_last_create(clock: Clock, hold: Hold) -> None:
    """However long the asking took, each task has the whole time to end."""
    server = Slow("kie", "observed", clock)
    server.delay, server.waiting, server.generating = 0.9, 0.0, 119.0
    assert _unended(hold(server)) == 0


def test_a_busy_machine_asks_all_there_is_to_ask(
    clock: Clock, hold: Hold, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it takes to make up requests is not the time that the server gets for its answers."""
    plain = generated.generated_cases

    def slowly(*arguments: Any) -> list[Case]:
        clock.sleep(100.0)
        return plain(*arguments)

    monkeypatch.setattr(generated, "generated_cases", slowly)
    assert hold(Reference("kie", "observed", clock)).trace.skipped == []


def test_others_get_no_longer_than_those_that_ended_suggest(clock: Clock, hold: Hold) -> None:
    """A task that hangs among many that take a second is not waited for like a slow one."""
    server = Reference("kie", "observed", clock)
    plain = server.state
    server.state = lambda task: "generating" if task.number == 3 else plain(task)  # type: ignore[method-assign]  # one that hangs
    assert _unended(hold(server)) == 1
    assert 60.0 < clock.now() < 80.0


@pytest.mark.parametrize(
    ("delay", "others", "slowest", "checks"),
    [
        (0.1, FASTEST_PICTURE, FILM, []),  # as recorded, of one model or of several
        (0.0, 1.0, FILM, ["ends"]),
    ],
)
def test_a_task_is_overdue_only_where_none_was_ever_so_slow(
    delay: float, others: float, slowest: float, checks: list[str], clock: Clock, hold: Hold
) -> None:
    """A film among pictures of the fastest kind is none, however long the asking took before."""
    server = Slow("kie", "observed", clock)
    server.delay = delay
    plain = server.state

    def state(task: Task) -> str:
        server.generating = (slowest if task.number == 3 else others) - server.waiting
        return plain(task)

    server.state = state  # type: ignore[method-assign]  # one that takes longer
    outcome = hold(server)
    assert _unended(outcome) == 1
    assert [each.check for each in outcome.sorted.violations] == checks
