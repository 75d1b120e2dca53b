"""Answers that were recorded from the live gateway are no broken promise, whatever is drawn."""

import pytest

from contract.conftest import Hold
from contract.foreign import judged
from contract.replay import Replay
from imagen4.facts import GATEWAYS
from sharpening.clock import Clock
from sharpening.in_process import InProcess

SEEDS = 30
FEW = 1
KNOWN = {"bad-parameter-500", "unknown-task-422", "cost-time-seconds", "null-for-empty"}


def _seeds() -> list[object]:
    slow = pytest.mark.slow
    return [pytest.param(seed, marks=[] if seed < FEW else slow) for seed in range(SEEDS)]


@pytest.mark.parametrize("phase", ["quick", pytest.param("full", marks=pytest.mark.slow)])
@pytest.mark.parametrize("seed", _seeds())
def test_a_replay_of_recorded_answers_conforms(
    seed: int, phase: str, clock: Clock, hold: Hold
) -> None:
    """No finding, and no deviation but the registered ones, each of which shows."""
    server = Replay(list(GATEWAYS)[seed % len(GATEWAYS)], clock, seed)
    outcome = hold(server, phase=phase, seed=seed)
    assert outcome.sorted.violations == []
    assert set(outcome.sorted.excused) == KNOWN


@pytest.mark.slow
def test_it_does_so_over_a_socket(clock: Clock) -> None:
    """As one that has real requests to read, and connections to close."""
    outcome = judged(InProcess(Replay("kie", clock)).handle_request, clock)
    assert outcome.sorted.violations == []
    assert outcome.asleep == []
