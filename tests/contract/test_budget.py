"""A suite that spends somebody's credits by surprise would be the worst defect of all."""

import re
from itertools import pairwise

import pytest

from contract.conftest import Hold
from imagen4.contract.notes import notes
from imagen4.facts import GATEWAYS
from imagen4.facts.protocol import CREATE_PATH, DETAILS_PATH
from sharpening.clock import Clock
from sharpening.reference import Incoming, Outgoing, Reference

RATES = {CREATE_PATH: GATEWAYS["kie"].creates, DETAILS_PATH: GATEWAYS["kie"].polls}
STAGING = "https://staging.invalid"


class Counting(Reference):
    """Writes down when which operation was asked."""

    def __init__(self, style: str, clock: Clock) -> None:
        super().__init__("kie", style, clock)
        self.asked: list[tuple[str, float]] = []

    def answer(self, incoming: Incoming) -> Outgoing:
        self.asked.append((incoming.path, self.clock.now()))
        return super().answer(incoming)

    def creates(self) -> int:
        return sum(path == CREATE_PATH for path, _ in self.asked)


@pytest.mark.parametrize(
    ("budget", "phase"),
    [
        *((budget, "quick") for budget in (0, 1, 3)),
        *(pytest.param(budget, "full", marks=pytest.mark.slow) for budget in (0, 1, 3)),
    ],
)
def test_no_create_beyond_the_budget_leaves(
    budget: int, phase: str, clock: Clock, hold: Hold
) -> None:
    """Every request to createTask counts, however broken, and none is sent beyond the budget."""
    server = Counting("observed", clock)
    outcome = hold(server, STAGING, max_paid=budget, phase=phase)
    assert server.creates() == budget == outcome.paid
    assert outcome.sorted.violations == []


def test_what_the_budget_left_out_is_listed(clock: Clock, hold: Hold) -> None:
    """The report names each case that was not sent, with the reason."""
    outcome = hold(Counting("observed", clock), STAGING)
    left_out = [intent.what for intent, reason in outcome.trace.skipped if "budget" in reason]
    assert any(re.fullmatch(r"a prompt of \d+ characters", what) for what in left_out)
    assert "no Authorization header" in left_out
    assert len(left_out) > 100


def test_what_the_budget_leaves_out_takes_no_time(clock: Clock, hold: Hold) -> None:
    """Of more than a hundred creates that are not sent, none waits for its turn at the rate."""
    server = Counting("observed", clock)
    hold(server, STAGING, max_paid=0)
    pauses = [later - first for (_, first), (_, later) in pairwise(server.asked)]
    assert max(pauses) < RATES[CREATE_PATH].seconds


def test_a_refused_create_has_used_up_the_budget(clock: Clock, hold: Hold) -> None:
    """A refusal may be a lie, so it is not sent again for nothing."""
    server = Counting("observed", clock)
    server.fields = lambda: {"prompt": lambda _: False}  # type: ignore[method-assign]  # one defect
    hold(server, STAGING, max_paid=2)
    assert server.creates() == 2


def test_a_limited_create_is_not_repeated_beyond_the_budget(clock: Clock, hold: Hold) -> None:
    """Code 429 is waited for and sent again only as far as the budget goes."""
    server = Counting("observed", clock)
    server.create = lambda _incoming: _limited(server)  # type: ignore[method-assign]
    outcome = hold(server, STAGING, max_paid=3)
    assert server.creates() == 3
    assert outcome.exit_code == 2
    assert outcome.blocked.startswith("every create was refused with code 429")


def _limited(server: Reference) -> None:
    refused = server.bad_parameter("Your call frequency is too high")
    refused.code = 429
    raise refused


def test_loopback_is_free(clock: Clock, hold: Hold) -> None:
    """Nobody pays for a server on the same machine."""
    server = Counting("observed", clock)
    outcome = hold(server)
    assert outcome.paid == 0
    assert server.creates() > 50


@pytest.mark.parametrize("operation", [CREATE_PATH, DETAILS_PATH])
def test_the_documented_rates_are_kept_elsewhere(operation: str, clock: Clock, hold: Hold) -> None:
    """Against anything but loopback no window holds more requests than the gateway documents."""
    server = Counting("observed", clock)
    hold(server, STAGING, max_paid=200)
    times, seconds = RATES[operation]
    moments = [moment for path, moment in server.asked if path == operation]
    assert len(moments) > times
    for first, later in zip(moments, moments[times:], strict=False):
        assert later - first >= seconds


def test_a_server_that_limits_is_waited_for(clock: Clock, hold: Hold) -> None:
    """A conforming server that refuses the 21st create in 10 s is not a finding."""
    server = Counting("observed", clock)
    accepted: list[float] = []
    create = server.create

    def limited(incoming: Incoming) -> object:
        recent = [moment for moment in accepted if moment > clock.now() - 10]
        if len(recent) >= 15:
            _limited(server)
        answer = create(incoming)
        accepted.append(clock.now())
        return answer

    server.create = limited  # type: ignore[method-assign]  # one more rule
    outcome = hold(server)
    assert outcome.sorted.violations == []
    assert "some requests were refused with 429 and sent again" in notes(outcome.trace)
