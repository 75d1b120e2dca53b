"""Guards against losing a paid task to one failed poll, and riding out a refusal."""

import gzip
from collections.abc import Callable

import httpx
import pytest

from client.loopback import Loopback, http
from client.play import (
    GATEWAYS,
    KINDS,
    PROMPT,
    Reply,
    Script,
    Time,
    details,
    envelope,
    play,
    succeeded,
)
from client.polls import DONE, WAITING, waited
from client.raw_answers import CREATED
from imagen4 import (
    AuthenticationError,
    FeatureDisabled,
    GatewayUnavailable,
    Imagen4Error,
    InsufficientCredits,
    InvalidRequest,
    RateLimited,
    TaskFailed,
    TaskNotFound,
    TaskTimeout,
    TransportError,
    UnexpectedResponse,
)

TRANSIENT: dict[str, Reply] = {
    "read time-out": httpx.ReadTimeout("x"),
    "connection refused": httpx.ConnectError("x"),
    "dropped": httpx.RemoteProtocolError("x"),
    "429": httpx.Response(429),
    "code 429": envelope(429),
    "500": httpx.Response(500, text="oops"),
    "code 500": envelope(500),
    "501 of a proxy": httpx.Response(501),
    "502 HTML": httpx.Response(502, html="<h1>Bad gateway</h1>"),
    "503": httpx.Response(503),
    "455": envelope(455, status=455),
    "code 455": envelope(455),
    "code 599": envelope(599),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("trouble", TRANSIENT.values(), ids=TRANSIENT)
def test_a_failed_poll_is_ridden_out(kind: str, trouble: Reply) -> None:
    """It says nothing about the task: many in a row do not end the wait."""
    polls = [WAITING, *[trouble] * 10, DONE]
    assert waited(kind, *polls).task_ids == ("t1",)


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (httpx.ReadTimeout("x"), TransportError),
        (envelope(455, None, "maintenance"), GatewayUnavailable),
        (envelope(429, None, "slow down"), RateLimited),
    ],
)
def test_a_wait_that_only_met_trouble_says_which(trouble: Reply, error: type[Imagen4Error]) -> None:
    """The time-out's cause is the last trouble."""
    with pytest.raises(TaskTimeout) as caught:
        waited("sync", trouble, wait=60)
    cause = caught.value.__cause__
    assert type(cause) is error
    assert isinstance(cause, Imagen4Error)
    assert caught.value.message.endswith(f"; the last poll failed: {cause.message}")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("gateway", GATEWAYS)
@pytest.mark.parametrize("style", ["wire", "documented"])
@pytest.mark.parametrize(
    ("code", "error"),
    [
        (400, InvalidRequest),
        (401, AuthenticationError),
        (402, InsufficientCredits),
        (404, TaskNotFound),
        (422, TaskNotFound),
        (501, TaskFailed),
        (505, FeatureDisabled),
    ],
)
def test_a_refused_poll_is_its_own_error(
    kind: str, gateway: str, style: str, code: int, error: type[Imagen4Error]
) -> None:
    """A key that is refused does not look like a task that still runs."""
    status = 200 if style == "wire" else code
    with pytest.raises(error) as caught:
        waited(kind, envelope(code, None, "no", status), gateway=gateway)
    assert type(caught.value) is error
    assert (caught.value.code, caught.value.http_status) == (code, status)
    assert caught.value.gateway == gateway
    assert caught.value.job.task_ids == caught.value.task_ids == ("t1",)


def test_an_error_about_the_account_names_all_tasks() -> None:
    """It ends the wait for each of them, and each was paid for."""
    with pytest.raises(AuthenticationError) as caught:
        play("sync", Script(polls=[envelope(401)]), lambda c: c.job("t1", "t2").wait())
    assert caught.value.task_ids == ("t1", "t2")


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_page_of_somebody_in_between_does_not_end_a_wait(status: int) -> None:
    """One without the gateway's code is ridden out; a minute of them is an error."""
    page = httpx.Response(status, content=b"<html>blocked</html>")
    script = Script(polls=[WAITING, *[page] * 12, succeeded("t1")])
    assert len(play("sync", script, lambda c: c.job("t1").wait()).images) == 1
    time = Time()
    with pytest.raises(InvalidRequest if status == 400 else UnexpectedResponse):
        waited("sync", WAITING, page, time=time)
    assert 60 <= sum(time.sleeps) < 70


DEPLOYMENT = {
    "408": http(408, b"<h1>Request time-out</h1>"),
    "425": http(425),
    "499": http(499),
    "404 page": http(404, b"<h1>Not found</h1>"),
    "404 of a framework": http(404, b'{"status":404,"error":"Not Found","path":"/x"}'),
    "empty 200": http(200),
    "code 408": http(200, b'{"code":408,"msg":"time-out"}'),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("odd", DEPLOYMENT.values(), ids=DEPLOYMENT)
def test_a_short_deployment_does_not_end_a_paid_wait(kind: str, odd: bytes) -> None:
    """Whatever its pages are, also from the first poll on; the task is paid for."""
    task = details("t1", "generating").content, succeeded("t1").content
    for polls in ([odd] * 7, [http(200, task[0]), *[odd] * 15, http(200, task[0]), *[odd] * 3]):
        left = [http(200, CREATED), *polls, http(200, task[1])]
        with Loopback(lambda _, left=left: left.pop(0)) as server:
            result = play(
                kind, None, lambda c: c.generate(PROMPT), base_url=server.url, time=Time()
            )
        assert result.task_ids == ("t1",)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", [b"", b"<h1>Not found</h1>", b'{"detail":"Not Found"}'])
def test_a_base_url_without_tasks_is_said_within_half_a_minute(kind: str, body: bytes) -> None:
    """Nothing that could be the gateway ever answered: waiting longer makes nothing better."""
    time = Time()
    with Loopback(lambda _: http(404, body)) as server, pytest.raises(UnexpectedResponse) as caught:
        play(kind, None, lambda c: c.job("t1").wait(), base_url=server.url, time=time)
    assert "HTTP 404, and not by the gateway: is the base URL right?" in str(caught.value)
    assert 20 <= sum(time.sleeps) < 30
    assert caught.value.task_ids == ("t1",)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "spoil", [lambda zipped: zipped[:30], lambda zipped: b"\x1f\x8bjunk" + zipped]
)
def test_a_poll_that_cannot_be_unpacked_is_a_broken_transfer(
    kind: str, spoil: Callable[[bytes], bytes]
) -> None:
    """It is ridden out however long it lasts, like one that is reset."""
    spoiled = http(200, spoil(gzip.compress(WAITING.content)), "Content-Encoding: gzip\r\n")
    left = [*[spoiled] * 40, http(200, DONE.content)]
    time = Time()
    with Loopback(lambda _: left.pop(0)) as server:
        result = play(kind, None, lambda c: c.job("t1").wait(), base_url=server.url, time=time)
    assert result.task_ids == ("t1",)
    assert sum(time.sleeps) > 100
