"""The sandbox and the suite were written apart, from the same facts; they have to agree."""

import pytest

from imagen4.contract.deviations import registered
from imagen4.contract.run import RunOptions, run_contract
from imagen4.contract.server import ServerUnderTest
from imagen4.sandbox import Sandbox

WIRE = {"bad-parameter-500", "unknown-task-422", "cost-time-seconds", "null-for-empty"}


@pytest.mark.parametrize("phase", ["quick", pytest.param("full", marks=pytest.mark.slow)])
@pytest.mark.parametrize("gateway", ["kie", "apikley"])
def test_the_sandbox_keeps_its_word(sandbox: Sandbox, gateway: str, phase: str) -> None:
    """Over real HTTP: no violation, and in `observed` just the deviations known of the wire."""
    sandbox.reset()
    target = ServerUnderTest(gateway, sandbox.url(gateway), sandbox.key(gateway))
    outcome = run_contract(RunOptions(target, phase=phase))
    assert outcome.sorted.violations == []
    observed = sandbox.state.settings.profile == "observed"
    assert set(outcome.sorted.excused) == (WIRE if observed else set())
    assert {each.id for each in outcome.sorted.gone} == (set() if observed else WIRE)
    assert {each.id for each in registered()} >= WIRE
