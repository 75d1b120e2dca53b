"""Servers and runs that the contract tests share."""

from collections.abc import Callable, Iterator

import pytest

from imagen4.contract.run import RunOptions, RunOutcome, Seams, run_contract
from imagen4.contract.server import ServerUnderTest
from imagen4.sandbox import Sandbox
from sharpening.clock import Clock
from sharpening.in_process import InProcess
from sharpening.measure import ELSEWHERE
from sharpening.reference import KEYS, Reference

Hold = Callable[..., RunOutcome]
FEW = 8
"""Creates that show what is wrong with records: in an eighth of the time that all of them take."""
BRIEFLY = {"base_url": ELSEWHERE, "max_paid": FEW}


@pytest.fixture
def clock() -> Clock:
    """Time that only waiting moves."""
    return Clock()


@pytest.fixture
def hold(clock: Clock) -> Hold:
    """Run the suite against a server in this process; `base_url` decides what it costs."""

    def held(
        server: Reference, base_url: str = "http://127.0.0.1:9", **options: object
    ) -> RunOutcome:
        target = ServerUnderTest(server.gateway, base_url, KEYS[server.gateway])
        seams = Seams(InProcess(server), clock.now, clock.sleep, server.now)
        return run_contract(RunOptions(target, **options), seams)  # type: ignore[arg-type]  # named by tests

    return held


@pytest.fixture(scope="module")
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A real server on loopback, fast enough that no task keeps anybody waiting.

    Its profile is `observed`, unless a test asks for another one.
    """
    profile = getattr(request, "param", "observed")
    with Sandbox(profile=profile, speed=1000, limits=False) as running:
        yield running
