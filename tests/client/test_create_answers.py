"""What the answer to a create proves: a refusal, a task, or neither."""

import json

import httpx
import pytest

from client.play import GATEWAYS, KINDS, PROMPT, Script, envelope, play
from imagen4 import (
    AuthenticationError,
    FeatureDisabled,
    GatewayUnavailable,
    Imagen4Error,
    InsufficientCredits,
    InvalidRequest,
    QuotaExceeded,
    SubmissionUncertain,
    UnexpectedResponse,
)

REFUSALS = [
    (400, InvalidRequest),
    (401, AuthenticationError),
    (402, InsufficientCredits),
    (403, AuthenticationError),
    (404, UnexpectedResponse),
    (413, InvalidRequest),
    (422, InvalidRequest),
    (433, QuotaExceeded),
    (455, GatewayUnavailable),
    (505, FeatureDisabled),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("gateway", GATEWAYS)
@pytest.mark.parametrize("style", ["wire", "documented"])
@pytest.mark.parametrize(("code", "error"), REFUSALS)
def test_a_definite_refusal_is_its_own_error(
    kind: str, gateway: str, style: str, code: int, error: type[Imagen4Error]
) -> None:
    """A refusal by number proves that there is no task, under HTTP 200 as under its own status."""
    status = 200 if style == "wire" else code
    script = Script(creates=[envelope(code, None, "no, thanks", status)])
    with pytest.raises(error) as caught:
        play(kind, script, lambda c: c.submit(PROMPT), gateway=gateway)
    found = caught.value
    assert type(found) is error
    assert (found.code, found.http_status, found.gateway) == (code, status, gateway)
    assert found.message == "no, thanks"
    assert found.body == json.dumps(
        {"code": code, "msg": "no, thanks", "data": None}, separators=(",", ":")
    )
    assert len(script.requests) == 1


def test_a_status_505_without_the_word_of_the_gateway_is_ambiguous() -> None:
    """A proxy's 505 is a broken server; only the documented code is a refusal."""
    script = Script(creates=[httpx.Response(505, text="HTTP Version Not Supported")])
    with pytest.raises(SubmissionUncertain):
        play("sync", script, lambda c: c.submit(PROMPT))


@pytest.mark.parametrize(
    "answer",
    [
        envelope(200, None),
        envelope(200, {}),
        envelope(200, []),
        envelope(200, "t1"),
        envelope(200, {"taskId": None}),
        envelope(200, {"taskId": ""}),
        envelope(200, {"taskId": "with space"}),
        envelope(200, {"taskId": ["t1"]}),
        envelope(201, {}),
        envelope(0, None),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[]),
        httpx.Response(204),
        httpx.Response(101),
    ],
    ids=lambda answer: answer.text or str(answer.status_code),
)
def test_a_success_without_a_task_id_is_ambiguous(answer: httpx.Response) -> None:
    """The task may well exist, and be paid for, though its id is not to be had."""
    script = Script(creates=[answer])
    with pytest.raises(SubmissionUncertain) as caught:
        play("sync", script, lambda c: c.submit(PROMPT))
    assert len(script.requests) == 1
    assert caught.value.record_id is None


@pytest.mark.parametrize(
    "answer",
    [
        envelope(200, {"recordId": "r1"}),
        envelope(500, {"task_id": "r1"}),
        envelope(422, {"taskId": "r1"}),
        envelope(429, {"taskId": "r1"}),
        envelope(500, {"recordId": "r1"}),
        envelope(200, {"taskId": "r1"}, status=500),
        envelope(404, {"taskId": "r1"}, status=404),
    ],
    ids=lambda answer: f"{answer.status_code} {answer.text}",
)
def test_an_id_in_an_answer_that_is_no_success_is_kept(answer: httpx.Response) -> None:
    """It may be that of a paid task, so it must not be lost."""
    script = Script(creates=[answer])
    with pytest.raises(SubmissionUncertain) as caught:
        play("sync", script, lambda c: c.submit(PROMPT))
    assert caught.value.record_id == "r1"
    assert len(script.requests) == 1


@pytest.mark.parametrize("task_id", [12345, "task_google_1765172350621", "!~", "x" * 256])
def test_task_ids_of_any_shape_are_taken(task_id: object) -> None:
    """The documents show another shape than the wire, and neither is promised."""
    script = Script(creates=[envelope(200, {"taskId": task_id})])
    assert play("sync", script, lambda c: c.submit(PROMPT)).task_ids == (str(task_id),)


def test_a_success_needs_no_code() -> None:
    """The documents require no code; a paid task is not given up for want of one."""
    script = Script(creates=[httpx.Response(200, json={"data": {"taskId": "t1"}})])
    assert play("sync", script, lambda c: c.submit(PROMPT)).task_ids == ("t1",)
