"""Guards that a request is one trace, whichever workers have it."""

import pytest

from imagen4.sandbox import Sandbox
from imagen4.workers.workflow import fulfil
from otel.conftest import Process
from workers.conftest import MakeDesk
from workers.engines import KeptEngine, Killed, ordered


def test_what_two_workers_do_for_a_request_is_one_trace(
    make_desk: MakeDesk, sandbox: Sandbox
) -> None:
    """The first is killed when it has created, the second waits and saves."""
    kept: list[str] = []
    first, second = (Process(sandbox, {"by_tag": "queue"}) for _ in range(2))
    desk = make_desk(on_event=first.telemetry)
    with pytest.raises(Killed):
        fulfil(desk, KeptEngine(kept, dies_at=2), ordered("a fox"))
    fulfil(make_desk(on_event=second.telemetry), KeptEngine(kept), ordered("a fox"))
    assert [span.name for span in first.spans] == ["create"]
    assert {"wait", "download"} < {span.name for span in second.spans}
    assert len({span.context.trace_id for span in (*first.spans, *second.spans)}) == 1
