"""Tasks are looked at while they run: what goes wrong then is gone when they have ended."""

from typing import Any

import pytest

from contract.conftest import Hold
from imagen4.contract.cases import generated
from imagen4.contract.exchange import Case
from sharpening.clock import Clock
from sharpening.defect import around
from sharpening.reference import Incoming, Outgoing, Reference


def _quarters(server: Reference) -> None:
    """From generating back to waiting, and on, all within a second."""
    server.waiting, server.generating = 0.6, 1.0
    turns = ("waiting", "generating", "waiting", "generating")

    def states(original: Any, task: Any) -> str:
        age = server.now() - task.created
        return turns[int((age - 0.6) * 4)] if 0.6 <= age < 1.6 else original(task)

    around(server, "state", states)


@pytest.mark.parametrize("style", ["observed", pytest.param("documented", marks=pytest.mark.slow)])
def test_tasks_that_take_a_second_are_seen_running(
    style: str, clock: Clock, hold: Hold, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Making up requests takes seconds, the first time; no task is running meanwhile."""
    plain, waits = generated.generated_cases, [3.0]

    def slowly(*arguments: Any) -> list[Case]:
        clock.sleep(waits.pop() if waits else 0.0)
        return plain(*arguments)

    monkeypatch.setattr(generated, "generated_cases", slowly)
    server = Reference("kie", style, clock)
    _quarters(server)
    found = hold(server).sorted.violations
    assert {finding.check for finding in found} == {"forward"}


class Slow(Reference):
    """Takes its time for every answer, and longer for its tasks."""

    def answer(self, incoming: Incoming) -> Outgoing:
        outgoing = super().answer(incoming)
        outgoing.delay = 0.05
        return outgoing


def test_looks_grow_rare(clock: Clock, hold: Hold) -> None:
    """The first task is seen in all its states without half the requests being about it."""
    server = Slow("kie", "observed", clock)
    server.waiting = server.generating = 4.0
    outcome = hold(server)
    first = outcome.trace.tasks[0]
    assert {poll.state for poll in first.polls} >= {"waiting", "generating", "success"}
    assert 6 <= len(first.polls) <= 18
