"""A limit that was used up says nothing of the request that it struck."""

from typing import Any

from contract.conftest import Hold
from imagen4.facts.protocol import DETAILS_PATH
from sharpening.clock import Clock
from sharpening.defect import around
from sharpening.reference import Incoming, Reference, RefusedError

POLLS = 10


def test_polls_refused_for_their_number_break_no_promise(clock: Clock, hold: Hold) -> None:
    """Ten are answered and none after that, as where a server's time stands still."""
    server = Reference("kie", "observed", clock)
    polls = iter(range(POLLS))

    def limited(original: Any, incoming: Incoming) -> Any:
        if incoming.path == DETAILS_PATH and next(polls, None) is None:
            raise RefusedError(429, "Your call frequency is too high")
        return original(incoming)

    around(server, "record_info", limited)
    outcome = hold(server)
    assert outcome.sorted.violations == []
    struck = [
        intent
        for intent, why in outcome.trace.skipped
        if why.startswith("refused with HTTP 200, code 429")
    ]
    assert len(struck) > POLLS
    assert "some-succeed" in outcome.asleep
