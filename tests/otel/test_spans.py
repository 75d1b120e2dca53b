"""One span a request, as the GenAI conventions have it, with what happened to it below."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanKind, StatusCode

from imagen4 import Client, InvalidRequest, Request, SubmissionUncertain, TaskFailed, TaskTimeout
from imagen4.errors import DownloadError, InsufficientCredits
from otel.conftest import MODEL, QUICKLY, Process, said

PROMPT = "a red fox that nobody may see"


def generate_and_save(process: Process, folder: Path, kind: str, **options: Any) -> Any:
    """One request, its pictures saved; returns the result."""
    if kind == "sync":
        with process.client() as client:
            result = client.generate(PROMPT, **options)
            result.save(folder)
        return result

    async def generate() -> Any:
        async with process.async_client() as client:
            result = await client.generate(PROMPT, **options)
            await result.save(folder)
        return result

    return asyncio.run(generate())


def nanoseconds(span: ReadableSpan) -> tuple[int, int]:
    assert span.start_time is not None
    assert span.end_time is not None
    return span.start_time, span.end_time


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_request_is_a_span_and_what_happens_to_it_are_its_children(
    process: Process, tmp_path: Path, kind: str
) -> None:
    """Create, wait and download, in order and in one trace."""
    result = generate_and_save(process, tmp_path, kind, seed=7)
    create, wait, request, download = process.spans
    assert [span.name for span in (create, wait, download)] == ["create", "wait", "download"]
    assert (request.name, request.kind) == (f"generate_content {MODEL}", SpanKind.CLIENT)
    assert request.parent is None
    own = request.context.span_id
    assert [span.parent and span.parent.span_id for span in (create, wait, download)] == [own] * 3
    times = [nanoseconds(span) for span in (create, wait, download)]
    assert sorted(times) == times
    began, ended = nanoseconds(request)
    assert began <= times[0][0]
    assert times[1][0] == times[0][1]
    assert times[1][1] - times[1][0] > 40_000_000
    assert ended == times[1][1]
    assert said(request) == {
        "gen_ai.operation.name": "generate_content",
        "gen_ai.provider.name": "kie",
        "gen_ai.output.type": "image",
        "gen_ai.request.model": MODEL,
        "gen_ai.request.seed": 7,
        "imagen4.task_ids": tuple(task.task_id for task in result.tasks),
        "imagen4.credits": 8.0,
        "imagen4.credits.source": "price list",
    }
    task_id = result.tasks[0].task_id
    assert said(create) == {
        "imagen4.outcome": "created",
        "gen_ai.provider.name": "kie",
        "gen_ai.response.id": task_id,
    }
    assert said(download) == {"gen_ai.response.id": task_id}


@pytest.mark.parametrize("seed", ["9" * 19, "fox"])
def test_a_seed_that_no_attribute_can_hold_is_left_out(
    process: Process, seed: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The span has all the rest."""
    with process.client() as client:
        client.generate(PROMPT, seed=seed)
    (request,) = process.requests
    assert "gen_ai.request.seed" not in said(request)
    assert (said(request)["imagen4.credits"], caplog.records) == (8.0, [])


def test_several_creates_of_a_request_are_several_children(process: Process) -> None:
    """Under one span that has all tasks and says how many pictures were asked for."""
    with process.client() as client:
        result = client.generate(PROMPT, num_images=3)
    assert [span.name for span in process.spans[:4]] == ["create"] * 3 + ["wait"]
    (request,) = process.requests
    about = said(request)
    assert about["gen_ai.request.choice.count"] == 3
    assert about["imagen4.task_ids"] == tuple(task.task_id for task in result.tasks)
    assert about["imagen4.credits"] == 24.0


def test_each_of_many_requests_is_a_trace_of_its_own(process: Process) -> None:
    """Unless something above them is traced already."""
    with process.client() as client:
        wanted = [Request(f"{PROMPT} {number}") for number in range(3)]
        assert len(list(client.generate_many(wanted))) == 3
    assert len({span.context.trace_id for span in process.requests}) == 3
    assert len(process.spans) == 9


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_request_stands_under_what_is_traced_already(
    process: Process, tmp_path: Path, kind: str
) -> None:
    """Say, under the span of a web framework."""
    with process.tracers.get_tracer("web").start_as_current_span("POST /pictures") as web:
        generate_and_save(process, tmp_path, kind)
    (request,) = process.requests
    assert request.parent == web.get_span_context()


def test_no_prompt_and_no_key_is_in_spans_and_measurements(process: Process) -> None:
    """Not even where the gateway repeats them in what it says."""
    echo = f"Invalid prompt: {PROMPT}, key {process.sandbox.key('kie')}"
    process.sandbox.fault("code-422", operation="createTask", message=echo)
    with process.client() as client:
        with pytest.raises(InvalidRequest):
            client.generate(PROMPT)
        process.sandbox.fault("fail", message=echo)
        with pytest.raises(TaskFailed):
            client.generate(PROMPT)
    told = "".join(span.to_json() for span in process.spans)
    told += str(process.reader.get_metrics_data())
    assert "Invalid prompt" in told
    assert PROMPT not in told
    assert process.sandbox.key("kie") not in told


def test_prompts_are_written_down_where_that_is_asked_for(process: Process) -> None:
    """In the shape of the conventions."""
    asked = Process(process.sandbox, {"prompts": True})
    with asked.client() as client:
        client.generate(PROMPT)
    messages = json.loads(said(asked.requests[0])["gen_ai.input.messages"])
    assert messages == [{"role": "user", "parts": [{"type": "text", "content": PROMPT}]}]


def test_a_failed_task_is_the_status_of_wait_and_request(process: Process) -> None:
    """With the error's name, and what the gateway says."""
    process.sandbox.fault("fail", message="no foxes today")
    with process.client() as client, pytest.raises(TaskFailed):
        client.generate(PROMPT)
    create, wait, request = process.spans
    assert create.status.status_code == StatusCode.UNSET
    for span in (wait, request):
        assert span.status.status_code == StatusCode.ERROR
        assert "no foxes today" in str(span.status.description)
        assert said(span)["error.type"] == "TaskFailed"


def test_a_picture_that_is_not_saved_is_the_status_of_its_download(
    process: Process, tmp_path: Path
) -> None:
    """The request has ended well before."""
    process.sandbox.fault("gone", times=20)
    with process.client() as client:
        result = client.generate(PROMPT)
        with pytest.raises(DownloadError):
            result.save(tmp_path)
    (request,), (download,) = process.requests, process.named("download")
    assert download.status.status_code == StatusCode.ERROR
    assert said(download)["error.type"] == "DownloadError"
    assert request.status.status_code == StatusCode.UNSET


@pytest.mark.parametrize(
    ("fault", "outcome", "error"),
    [
        ("cut-body", "uncertain", SubmissionUncertain),
        ("code-402", "refused", InsufficientCredits),
    ],
)
def test_a_create_that_made_no_task_for_sure_or_perhaps_is_told_apart(
    process: Process, fault: str, outcome: str, error: type[Exception]
) -> None:
    """Nothing is waited for, and both spans have the error."""
    process.sandbox.fault(fault, operation="createTask")
    with process.client() as client, pytest.raises(error):
        client.generate(PROMPT)
    create, request = process.spans
    assert said(create)["imagen4.outcome"] == outcome
    assert [said(span)["error.type"] for span in (create, request)] == [error.__name__] * 2
    assert "imagen4.credits" not in said(request)


def test_a_request_that_moves_to_another_gateway_stays_one_span(process: Process) -> None:
    """Of the gateway that served it; why the other one did not is an event on it."""
    sandbox, names = process.sandbox, ["kie", "apikley"]
    sandbox.fault("code-402", gateway="kie", operation="createTask")
    with Client(
        names,
        api_key={name: sandbox.key(name) for name in names},
        base_url={name: sandbox.url(name) for name in names},
        polling=QUICKLY,
        on_event=process.telemetry,
    ) as client:
        client.generate(PROMPT, num_images=2)
    (request,) = process.requests
    assert said(request)["gen_ai.provider.name"] == "apikley"
    assert said(request)["gen_ai.request.choice.count"] == 2
    (passed,) = request.events
    assert dict(passed.attributes or {}) == {
        "gen_ai.provider.name": "kie",
        "error.type": "InsufficientCredits",
    }
    outcomes = [said(span)["imagen4.outcome"] for span in process.named("create")]
    assert outcomes == ["refused", "created"]


def test_waiting_again_becomes_part_of_the_same_trace(process: Process) -> None:
    """The request's span has ended with the time-out; the second wait has not."""
    with process.client() as client:
        process.sandbox.fault("stuck", times=1)
        with pytest.raises(TaskTimeout) as late:
            client.generate(PROMPT, timeout=0)
        assert late.value.job is not None
        with pytest.raises(TaskTimeout):
            late.value.job.wait(timeout=0)
    first, second = process.named("wait")
    (request,) = process.requests
    assert said(request)["error.type"] == "TaskTimeout"
    assert first.parent == second.parent == request.context


def test_telemetry_that_goes_wrong_stops_no_create(
    process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged, and the pictures come."""
    broken = Process(process.sandbox, {"parent": lambda event: 1 / 0})
    with broken.client() as client:
        assert client.generate(PROMPT).images
    assert "an event without telemetry" in caplog.text


def test_clients_without_tracing_set_up_go_on(process: Process) -> None:
    """OpenTelemetry's own default does nothing."""
    from imagen4.otel import Telemetry

    telemetry = Telemetry()
    sandbox = process.sandbox
    with Client(
        "kie", api_key=sandbox.key("kie"), base_url=sandbox.url("kie"), on_event=telemetry
    ) as client:
        job = client.submit(PROMPT)
    assert telemetry.hand_over(job) == ""
