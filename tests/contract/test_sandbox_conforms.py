"""The sandbox and the suite were written apart, from the same facts; they have to agree."""

from collections.abc import Iterator
from typing import Any

import pytest

from imagen4.contract.deviations import registered
from imagen4.contract.run import RunOptions, run_contract
from imagen4.contract.server import ServerUnderTest, model_names
from imagen4.facts import GATEWAYS
from imagen4.facts.gateways import DEFAULT_MODEL
from imagen4.sandbox import Sandbox

OTHER = "nano-banana-2"
FAST = {("observed", "kie", OTHER), ("documented", "apikley", DEFAULT_MODEL)}
WIRE = {"bad-parameter-500", "unknown-task-422", "cost-time-seconds", "null-for-empty"}


def _every_model() -> Iterator[Any]:
    """Of each gateway in each profile and phase; each of them once in `make test`."""
    for profile in ("observed", "documented"):
        for gateway in GATEWAYS:
            for model in model_names(gateway):
                quick = (profile, gateway, model) in FAST
                slow = pytest.mark.slow
                yield pytest.param(profile, gateway, model, "quick", marks=[] if quick else slow)
                if model in (DEFAULT_MODEL, OTHER):
                    yield pytest.param(profile, gateway, model, "full", marks=slow)


@pytest.mark.parametrize(
    ("sandbox", "gateway", "model", "phase"), [*_every_model()], indirect=["sandbox"]
)
def test_the_sandbox_keeps_its_word(sandbox: Sandbox, gateway: str, model: str, phase: str) -> None:
    """Over real HTTP: no violation, and in `observed` just the deviations known of the wire."""
    sandbox.reset()
    target = ServerUnderTest(gateway, sandbox.url(gateway), sandbox.key(gateway), model=model)
    outcome = run_contract(RunOptions(target, phase=phase))
    assert outcome.sorted.violations == []
    observed = sandbox.state.settings.profile == "observed"
    assert set(outcome.sorted.excused) == (WIRE if observed else set())
    assert {each.id for each in outcome.sorted.gone} == (set() if observed else WIRE)
    assert {each.id for each in registered()} >= WIRE
