"""A finding says what was seen, also where the last answer was no record any more."""

from typing import Any

import pytest

from contract.conftest import FEW
from sharpening.defect import Defect, around
from sharpening.measure import Setting, meet
from sharpening.reference import Reference


def _breaking_off(server: Reference) -> None:
    """Of a task that is generating every record has code 500; no task ends."""

    def wrapped(original: Any, incoming: Any) -> Any:
        status, envelope = original(incoming)
        running = (envelope.get("data") or {}).get("state") == "generating"
        return status, envelope | ({"code": 500} if running else {})

    server.generating = 10_000.0
    around(server, "carry_out", wrapped)


WORDS = {
    "ends": "was 'waiting' when its record was last given; the last answer: HTTP 200, code",
    "reads": "HTTP 200, code 500 'success', in",
}


def test_an_error_is_not_told_as_a_state() -> None:
    """Neither is the task still waiting, nor is it said to be gone."""
    outcome = meet(
        Setting("kie", "observed", "full", creates=FEW), Defect("breaks", "state", _breaking_off)
    )
    for check, words in WORDS.items():
        seen = [finding.seen for finding in outcome.sorted.violations if finding.check == check]
        assert seen, check
        assert all(words in each for each in seen)


@pytest.mark.slow
def test_a_task_that_is_still_running_is_told_so() -> None:
    """Where the last answer is a record, its state is the news."""
    endless = Defect("endless", "state", lambda server: vars(server).update(generating=10_000.0))
    found = meet(Setting("kie", "observed", "full"), endless).sorted.violations
    assert {finding.seen.partition(" ")[2] for finding in found} == {"is still 'generating'"}
