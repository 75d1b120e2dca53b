"""Guards against calling a refused create uncertain, or an uncertain one refused."""

import json

import httpx
import pytest

from client.loopback import Loopback, http
from client.play import GATEWAYS, KINDS, PROMPT, Script, envelope, play
from client.steps import answer, core, job
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
from imagen4.core.answer import Answer
from imagen4.core.submission import is_certain, send_create

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
    meaning = "The key was refused: " if error is AuthenticationError else ""
    assert found.message == f"{meaning}no, thanks"
    assert found.body == json.dumps(
        {"code": code, "msg": "no, thanks", "data": None}, separators=(",", ":")
    )
    assert len(script.requests) == 1


def test_a_status_505_without_the_word_of_the_gateway_is_ambiguous() -> None:
    """A proxy's 505 is a broken server; only the documented code is a refusal."""
    script = Script(creates=[httpx.Response(505, text="HTTP Version Not Supported")])
    with pytest.raises(SubmissionUncertain):
        play("sync", script, lambda c: c.submit(PROMPT))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("page", [b"<html>Attention required</html>", b"", b"[]"])
def test_a_page_of_a_firewall_is_not_called_a_refused_key(
    kind: str, status: int, page: bytes
) -> None:
    """It stands before the gateway and let nothing pass: certainly no task."""
    with Loopback(lambda _: http(status, page)) as server:
        with pytest.raises(UnexpectedResponse) as caught:
            play(kind, None, lambda c: c.submit(PROMPT), base_url=server.url)
        assert len(server.requests) == 1
    assert caught.value.message == f"HTTP {status} with a page instead of the gateway's answer"
    assert caught.value.accepted == "no"


@pytest.mark.parametrize(
    ("status", "code", "certain"),
    [
        (200, 401, True),
        (299, 401, True),
        (300, 401, False),
        (302, 401, False),
        (401, 200, True),
        (200, 400, True),
        (200, 499, False),
        (200, 498, True),
        (200, 500, False),
        (200, 399, False),
        (200, 408, False),
        (200, 409, True),
        (408, 401, False),
        (200, None, False),
    ],
)
def test_only_a_refusal_by_number_proves_that_no_task_exists(
    status: int, code: int | None, certain: bool
) -> None:
    """A 4xx, but not a time-out; the HTTP status first."""
    error = AuthenticationError("no", code=code, http_status=status)
    assert is_certain(error, Answer(status, {}, b"{}")) is certain


def test_a_refused_create_is_no_longer_under_way() -> None:
    """An interruption after it does not say that it may have been accepted."""
    settings, tasks = core(), job(core())
    call = settings.adapter.create("google/imagen4", {"prompt": "a"}, None)
    steps = send_create(settings, tasks, call, 1.0)
    assert next(steps) is tasks.create
    with pytest.raises(StopIteration) as end:
        steps.send(answer({"code": 401, "msg": "no"}))
    assert isinstance(end.value.value, AuthenticationError)
    assert tasks.create is None
