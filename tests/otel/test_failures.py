"""What spans say of refusals, and what goes wrong in telemetry itself."""

from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor

from client.failover.test_matrix import market, told
from imagen4 import AuthenticationError
from otel.conftest import Process


def test_spans_say_which_gateway_refused(process: Process) -> None:
    """Each create at its own, and the request at the one whose error is raised."""
    with market(told(402), told(401)) as both, pytest.raises(AuthenticationError):
        both.run("sync", lambda c: c.generate("a fox"), on_event=process.telemetry)
    asked = [span.attributes["gen_ai.provider.name"] for span in process.named("create")]
    (request,) = process.requests
    assert asked == ["kie", "apikley"]
    assert request.attributes["gen_ai.provider.name"] == "apikley"


class Broken(SpanProcessor):
    def on_end(self, span: ReadableSpan) -> None:
        raise LookupError(span.name)


def test_a_span_processor_that_raises_reaches_no_caller(process: Process) -> None:
    """Neither who hands a trace over nor who closes it: the log has it."""
    process.tracers.add_span_processor(Broken())
    jobs: list[Any] = []
    with process.client() as client:
        jobs += [client.submit("a fox"), client.submit("a wolf")]
    assert process.telemetry.hand_over(jobs[0]).startswith("00-")
    process.telemetry.close()
    assert len(process.requests) == 2
