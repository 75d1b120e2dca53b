"""A verdict that changes from run to run is worse than none."""

import pytest

from imagen4.contract.reports import make_report
from imagen4.contract.run import RunOptions, run_contract
from imagen4.contract.server import ServerUnderTest
from imagen4.sandbox import Sandbox


def _verdict(sandbox: Sandbox, gateway: str) -> tuple[object, ...]:
    target = ServerUnderTest(gateway, sandbox.url(gateway), sandbox.key(gateway))
    made = make_report(run_contract(RunOptions(target)))
    known = tuple(each.id for each in made.deviations)
    return made.exit_code, made.broken, known, made.notes, made.not_checked


@pytest.mark.slow
@pytest.mark.parametrize("gateway", ["kie", "apikley"])
def test_two_runs_say_the_same(sandbox: Sandbox, gateway: str) -> None:
    """Verdict, deviations, notes and what was left out, over real HTTP."""
    assert len({_verdict(sandbox, gateway) for _ in range(2)}) == 1


@pytest.mark.slow
@pytest.mark.parametrize("gateway", ["kie", "apikley"])
def test_fifty_runs_say_the_same(sandbox: Sandbox, gateway: str) -> None:
    """Fifty times the quick phase, without one difference."""
    assert len({_verdict(sandbox, gateway) for _ in range(50)}) == 1
