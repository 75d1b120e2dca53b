"""Guards that a request is one trace, whichever workers have it."""

import json
from pathlib import Path
from typing import Any

import pytest

from imagen4.sandbox import Sandbox
from imagen4.workers.workflow import fulfil
from otel.conftest import Process
from waiting import until
from workers.conftest import MakeDesk
from workers.engines import KeptEngine, Killed, ordered
from workers.fleet import fleet

# As `opentelemetry-instrument` does: Python runs it before the program.
EXPORTING = """
import os
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor

def line(span):
    return span.to_json(indent=None) + "\\n"

file = open(os.path.join({folder!r}, f"{{os.getpid()}}.jsonl"), "w")
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(ConsoleSpanExporter(out=file, formatter=line)))
trace.set_tracer_provider(provider)
"""


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


def exported(folder: Path) -> list[list[dict[str, Any]]]:
    """What each process has told, by spans; not of a line that it is just writing."""
    files = [file.read_text().rpartition("\n")[0].splitlines() for file in folder.iterdir()]
    return [[json.loads(line) for line in lines] for lines in files]


def names_in(folder: Path) -> list[str]:
    return [span["name"] for each in exported(folder) for span in each]


@pytest.mark.slow
def test_a_request_of_two_processes_is_one_trace(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first is killed while the task runs; the other one hears of that, waits and saves."""
    spans = tmp_path / "spans"
    spans.mkdir()
    (tmp_path / "sitecustomize.py").write_text(EXPORTING.format(folder=str(spans)))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    sandbox.configure(speed=0, generating=1)
    with fleet(tmp_path, str(tmp_path / "l.db"), sandbox.url("kie"), "--telemetry") as workers:
        workers.enqueue(["a fox"])
        workers.start(1)
        until(lambda: "create" in names_in(spans), 60)
        workers.start(1)
        until(lambda: workers.told("at work") == 2, 60)
        workers.kill()
        sandbox.configure(speed=1)
        sandbox.clock.advance(1)
        until(lambda: any(row.state == "saved" for row in workers.rows()), 120)
        assert workers.stop() == [0]
    processes = [each for each in exported(spans) if each]  # not the one that enqueued
    assert sorted(map(len, processes)) == [1, 3]
    steps = {"create", "wait", "download", "generate_content google/imagen4"}
    assert set(names_in(spans)) == steps
    assert len({span["context"]["trace_id"] for each in processes for span in each}) == 1
