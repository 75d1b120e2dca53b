"""Slow as a rule is a finding; slow now and then is what networks are like."""

import pytest

from contract.conftest import Hold
from imagen4.contract.conversation import CREATES
from imagen4.contract.notes import notes
from imagen4.contract.reports import make_report
from imagen4.contract.run import RunOutcome
from imagen4.facts.protocol import CREATE_PATH, DETAILS_PATH
from sharpening.clock import Clock
from sharpening.reference import STYLES, Incoming, Outgoing, Reference

STAGING = "https://staging.invalid"


class Slow(Reference):
    """Takes its time for answers with these numbers, counted for each operation."""

    def __init__(self, style: str, clock: Clock, seconds: float, which: dict[str, range]) -> None:
        super().__init__("kie", style, clock)
        self.seconds, self.which = seconds, which
        self.asked = dict.fromkeys((CREATE_PATH, DETAILS_PATH), 0)

    def answer(self, incoming: Incoming) -> Outgoing:
        outgoing = super().answer(incoming)
        if self.asked[incoming.path] in self.which.get(incoming.path, ()):
            outgoing.delay = self.seconds
        self.asked[incoming.path] += 1
        return outgoing


def _checks(outcome: RunOutcome) -> set[str]:
    return {finding.check for finding in outcome.sorted.violations}


def _each(path: str, step: int) -> dict[str, range]:
    return {path: range(0, 10_000, step)}


@pytest.mark.parametrize("style", STYLES)
def test_slow_now_and_then_is_noted(style: str, clock: Clock, hold: Hold) -> None:
    """Every tenth answer takes some seconds: a line, no finding, and nearly all is asked."""
    every = _each(CREATE_PATH, 10) | _each(DETAILS_PATH, 10)
    outcome = hold(Slow(style, clock, 2.5, every))
    assert outcome.sorted.violations == []
    told = [note for note in notes(outcome.trace) if "took longer than 1.5 s, up to 2.5 s" in note]
    assert [note.partition(":")[0] for note in told] == ["createTask", "recordInfo"]
    assert make_report(outcome).seconds < 50
    assert len(outcome.trace.tasks) == CREATES["quick"]


@pytest.mark.parametrize("path", [CREATE_PATH, DETAILS_PATH])
def test_slow_as_a_rule_is_a_finding(path: str, clock: Clock, hold: Hold) -> None:
    """More than a quarter of one operation's answers; then the other's tell nothing of it."""
    outcome = hold(Slow("observed", clock, 1.6, _each(path, 3)))
    assert _checks(outcome) == {"in-time"}
    assert {finding.exchange.request.path for finding in outcome.sorted.violations} == {path}
    assert not any("took longer" in note for note in notes(outcome.trace))


def test_a_quarter_is_not_yet_the_rule(clock: Clock, hold: Hold) -> None:
    """Just as many as may be are noted."""
    assert hold(Slow("observed", clock, 1.6, _each(CREATE_PATH, 5))).sorted.violations == []


@pytest.mark.parametrize(("seconds", "found"), [(19.0, set()), (21.0, {"in-time"})])
def test_one_answer_nobody_waits_for_is_enough(
    seconds: float, found: set[str], clock: Clock, hold: Hold
) -> None:
    """Far over the bound a single answer is a finding, elsewhere than on loopback, too."""
    outcome = hold(Slow("observed", clock, seconds, {DETAILS_PATH: range(3, 4)}), STAGING)
    assert _checks(outcome) == found
    noted = "recordInfo: 1 answer took longer than 10 s, up to 19.0 s"
    assert (noted in notes(outcome.trace)) == (not found)


def test_two_slow_answers_are_no_rule(clock: Clock, hold: Hold) -> None:
    """However few were asked: a budget of one leaves a single create to judge by."""
    outcome = hold(Slow("observed", clock, 12.0, _each(CREATE_PATH, 1)), STAGING, max_paid=2)
    assert outcome.sorted.violations == []
    assert "createTask: 2 answers took longer than 10 s, up to 12.0 s" in notes(outcome.trace)


def test_slow_as_a_rule_ends_the_asking(clock: Clock, hold: Hold) -> None:
    """What is known need not be waited for a hundred times."""
    made = make_report(hold(Slow("observed", clock, 4.0, _each(DETAILS_PATH, 1))))
    assert made.seconds < 25
    assert any("slow answers cost" in line for line in made.not_checked)
