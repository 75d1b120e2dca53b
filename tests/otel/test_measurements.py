"""What is counted and measured: creates, credits, and the time to the result."""

from time import monotonic

import pytest

from imagen4 import SubmissionUncertain, TaskFailed
from otel.conftest import MODEL, Process

OPERATION = {
    "gen_ai.operation.name": "generate_content",
    "gen_ai.provider.name": "kie",
    "gen_ai.request.model": MODEL,
}


def test_creates_and_credits_are_counted(process: Process) -> None:
    """Those that are uncertain by themselves: they want somebody's attention, and no credits."""
    with process.client() as client:
        client.generate("a fox", num_images=2)
        process.sandbox.fault("cut-body", operation="createTask")
        with pytest.raises(SubmissionUncertain):
            client.generate("a fox")
    counted = {point.attributes["imagen4.outcome"]: point for point in process.points(CREATES)}
    assert {outcome: point.value for outcome, point in counted.items()} == {
        "created": 2,
        "uncertain": 1,
    }
    assert dict(counted["created"].attributes) == {**OPERATION, "imagen4.outcome": "created"}
    (spent,) = process.points("imagen4.credits")
    assert (spent.value, dict(spent.attributes)) == (16, OPERATION)


def test_the_time_to_a_result_is_measured_with_what_came_of_it(process: Process) -> None:
    """In seconds, from the request's beginning, also where it was submitted before."""
    began = monotonic()
    with process.client() as client:
        client.submit("a fox").wait()
        process.sandbox.fault("fail")
        with pytest.raises(TaskFailed):
            client.generate("a fox")
    good, bad = sorted(process.points(DURATION), key=lambda point: len(point.attributes))
    assert dict(good.attributes) == OPERATION
    assert dict(bad.attributes) == {**OPERATION, "error.type": "TaskFailed"}
    assert (good.count, bad.count) == (1, 1)
    assert 0.05 < good.sum < monotonic() - began
    assert good.explicit_bounds[:3] == (0.01, 0.02, 0.04)
    assert good.explicit_bounds[-1] > 600


CREATES, DURATION = "imagen4.creates", "gen_ai.client.operation.duration"
