"""A request that one process creates and another waits for is one trace."""

from pathlib import Path

import pytest

import imagen4.otel.telemetry
from imagen4 import Request
from imagen4.ledger import Ledger
from imagen4.sandbox import Sandbox
from otel.conftest import Process, said

PROMPT = "a red fox"


def test_a_trace_is_handed_over_with_the_task_ids(sandbox: Sandbox) -> None:
    """The span of the first process ends there; what the other one does stands under it."""
    first = Process(sandbox)
    with first.client() as client:
        job = client.submit(PROMPT)
    assert first.requests == []
    kept = {job.task_ids[0]: first.telemetry.hand_over(job)}
    second = Process(sandbox, {"parent": lambda event: kept.get(event.task_id)})
    with second.client() as client:
        client.job(*job.task_ids).wait()
    (here,), (there,) = first.requests, second.requests
    assert there.context.trace_id == here.context.trace_id
    assert there.parent is not None
    assert there.parent.span_id == here.context.span_id
    assert said(there)["imagen4.task_ids"] == said(here)["imagen4.task_ids"] == job.task_ids
    assert [span.name for span in second.spans] == ["wait", there.name]


def test_a_tag_is_one_trace_in_all_processes(sandbox: Sandbox, tmp_path: Path) -> None:
    """Nothing is handed over: the ledger keeps the tag. A call that ran out of time is no end."""
    first, second = (Process(sandbox, {"by_tag": "spring"}) for _ in range(2))
    wanted = [Request(PROMPT, tag=tag) for tag in ("one", "two")]
    sandbox.configure(speed=0)
    with Ledger(tmp_path / "ledger.db") as ledger, first.client() as client:
        assert len(list(client.generate_many(wanted, ledger=ledger, timeout=0))) == 2
    assert first.requests == []
    sandbox.clock.advance(1)
    with Ledger(tmp_path / "ledger.db") as ledger, second.client() as client:
        assert len(list(client.resume(ledger))) == 2
    first.telemetry.close()
    traces = [{span.context.trace_id for span in each.spans} for each in (first, second)]
    assert len(traces[0]) == 2
    assert traces[0] == traces[1]
    assert {span.name for span in first.spans} == {"create", first.requests[0].name}
    assert {span.name for span in second.spans} == {"wait", second.requests[0].name}


def test_what_is_told_again_of_a_request_that_has_ended_counts_once(sandbox: Sandbox) -> None:
    """As workers do: one step waits, the next one waits again to save."""
    process = Process(sandbox, {"by_tag": "spring"})
    with process.client() as client:
        job = client.submit(PROMPT, tag="fox")
        job.wait()
        job.wait()
    assert len(process.requests) == 1
    assert [point.count for point in process.points("gen_ai.client.operation.duration")] == [1]


def test_requests_that_nobody_waits_for_are_told_at_last(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When there are too many to remember, or the program ends; never without bound."""
    monkeypatch.setattr(imagen4.otel.telemetry, "REMEMBERED", 2)
    process = Process(sandbox)
    with process.client() as client:
        jobs = [client.submit(PROMPT) for _ in range(3)]
    assert [said(span)["imagen4.task_ids"] for span in process.requests] == [jobs[0].task_ids]
    process.telemetry.close()
    assert len(process.requests) == 3
