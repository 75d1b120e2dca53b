"""Peers' SDKs send one create up to ten times when no answer comes. Here: once, and counted.

The POSTs are counted where they arrive, at a real server on loopback.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from client.loopback import HANG, IMPATIENT, RESET, Loopback, Received, http
from client.play import KEY, KINDS, PROMPT, QUICK, Script, Time, created, envelope, play
from client.raw_answers import CREATED
from imagen4 import (
    Imagen4Error,
    InsufficientCredits,
    Polling,
    RateLimited,
    SubmissionUncertain,
    TransportError,
)

AMBIGUOUS = {
    "no answer": HANG,
    "reset after receipt": RESET,
    "500": http(500, b'{"code":500,"msg":"x"}'),
    "503": http(503, b"<html>busy</html>"),
    "code 500": http(200, b'{"code":500,"msg":"Server exception","data":null}'),
    "code 501": http(200, b'{"code":501,"msg":"Generation failed"}'),
    "cut-off JSON": http(200, CREATED[:40], "Connection: close\r\n", length=len(CREATED)),
    "JSON cut by the gateway": http(200, CREATED[:40]),
    "redirect": http(302, b"", "Location: /elsewhere\r\n"),
    "request time-out": http(408, b'{"code":408,"msg":"x"}'),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("answer", AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_an_ambiguous_create_arrives_once(kind: str, answer: bytes) -> None:
    """Whatever leaves open whether the task exists is not repeated and says what was sent when."""
    before = datetime.now(UTC)
    timeout = IMPATIENT if answer == HANG else 30
    with Loopback(lambda _: answer) as server:
        with pytest.raises(SubmissionUncertain) as caught:
            play(kind, None, lambda c: c.generate(PROMPT), base_url=server.url, timeout=timeout)
        assert server.paths("POST") == ["/api/v1/jobs/createTask"]
    error = caught.value
    assert error.sent_at is not None
    assert before - timedelta(seconds=1) < error.sent_at < datetime.now(UTC)
    assert f"{error.sent_at:%Y-%m-%d %H:%M:%S} UTC" in error.message
    assert error.message.startswith("Create 1 of 1, sent at ")
    assert isinstance(error.__cause__, Imagen4Error)
    assert (error.gateway, error.task_ids, error.job) == ("kie", (), None)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("limited", [http(429), http(200, b'{"code":429,"msg":"too fast"}')])
def test_a_create_refused_as_too_frequent_arrives_as_often_as_allowed(
    kind: str, limited: bytes
) -> None:
    """Only an explicit 429 is repeated, after pauses that double, and not for ever."""
    time = Time()
    with Loopback(lambda _: limited) as server:
        with pytest.raises(RateLimited):
            play(kind, None, lambda c: c.generate(PROMPT), base_url=server.url, time=time)
        assert len(server.paths("POST")) == 5
    assert time.sleeps == [1.5, 3.0, 6.0, 12.0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_create_goes_through_when_the_rate_allows_it_again(kind: str) -> None:
    """After the pause the same create is sent once more and its task is the only one."""
    answers = [http(429, b"", "Retry-After: 7\r\n"), http(200, CREATED)]
    time = Time()
    with Loopback(lambda _: answers.pop(0)) as server:
        job = play(kind, None, lambda c: c.submit(PROMPT), base_url=server.url, time=time)
        assert len(server.requests) == 2
    assert job.task_ids == ("t1",)
    assert time.sleeps == [7.0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "failure",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("slow"),
        httpx.PoolTimeout("full"),
        httpx.ProxyError("no tunnel"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_what_never_left_is_sent_again(kind: str, failure: Exception) -> None:
    """A failure before the first byte proves that nothing was accepted."""
    script = Script(creates=[failure, failure, created("t1")])
    time = Time()
    assert play(kind, script, lambda c: c.submit(PROMPT), time=time).task_ids == ("t1",)
    assert time.sleeps == [1.5, 3.0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "failure",
    [
        httpx.ReadTimeout("x"),
        httpx.WriteTimeout("x"),
        httpx.ReadError("x"),
        httpx.WriteError("x"),
        httpx.CloseError("x"),
        httpx.RemoteProtocolError("x"),
        httpx.LocalProtocolError("x"),
        httpx.DecodingError("x"),
        httpx.UnsupportedProtocol("x"),
        httpx.InvalidURL("x"),
        RuntimeError("x"),
        ValueError("x"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_what_may_have_left_is_not_sent_again(kind: str, failure: Exception) -> None:
    """Every other failure may come after the gateway has read the request."""
    script = Script(creates=[failure])
    with pytest.raises(SubmissionUncertain) as caught:
        play(kind, script, lambda c: c.submit(PROMPT))
    assert len(script.requests) == 1
    assert isinstance(caught.value.__cause__, TransportError)
    assert caught.value.__cause__.sent is True
    assert type(failure).__name__ in caught.value.message


@pytest.mark.parametrize("kind", KINDS)
def test_a_gateway_that_cannot_be_reached_is_a_transport_error(kind: str) -> None:
    """After all attempts the error says that nothing was sent."""
    with Loopback(lambda _: HANG) as server:
        url = server.url
    with pytest.raises(TransportError) as caught:
        play(kind, None, lambda c: c.submit(PROMPT), base_url=url, polling=QUICK)
    assert caught.value.sent is False
    assert caught.value.message == "The gateway could not be reached: ConnectError"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("answer", "error"),
    [(envelope(402, None, "empty"), InsufficientCredits), (envelope(500), SubmissionUncertain)],
)
def test_when_the_third_of_four_creates_fails_the_job_has_two(
    kind: str, answer: httpx.Response, error: type[Imagen4Error]
) -> None:
    """What was paid for can be waited for: the error carries it, and nothing more is sent."""
    script = Script(creates=[created("t1"), created("t2"), answer])
    with pytest.raises(error) as caught:
        play(kind, script, lambda c: c.generate(PROMPT, num_images=4))
    assert caught.value.job.task_ids == caught.value.task_ids == ("t1", "t2")
    assert len(script.requests) == 3
    if error is SubmissionUncertain:
        assert caught.value.message.startswith("Create 3 of 4, sent at ")


@pytest.mark.parametrize("kind", KINDS)
def test_creates_are_not_repeated_past_the_deadline(kind: str) -> None:
    """A pause that would end after the deadline is not begun."""
    time = Time()
    script = Script(creates=[envelope(429)] * 5)
    with pytest.raises(RateLimited) as caught:
        play(kind, script, lambda c: c.generate(PROMPT, timeout=4.5), time=time)
    assert len(script.requests) == 2
    assert time.sleeps == [1.5]
    assert caught.value.retry_after is None


def test_a_create_waits_for_its_turn_but_not_past_the_deadline() -> None:
    """Twenty creates in ten seconds are the limit; the next one says so if it cannot wait."""
    time = Time()
    script = Script(creates=[created(f"t{n}") for n in range(21)])

    def action(client: Any) -> None:
        for _ in range(20):
            client.submit(PROMPT)
        with pytest.raises(RateLimited, match="20 creates in 10 s") as caught:
            client.submit(PROMPT, timeout=5)
        assert caught.value.code is None
        client.submit(PROMPT)

    play("sync", script, action, time=time)
    assert len(script.requests) == 21
    assert sum(time.sleeps) == pytest.approx(11.0)


def test_a_refused_create_may_be_followed_by_another_call() -> None:
    """The client is as good as new after an error."""
    answers = [http(500), http(200, CREATED)]

    def reply(_: Received) -> bytes:
        return answers.pop(0)

    def action(client: Any) -> Any:
        with pytest.raises(SubmissionUncertain):
            client.submit(PROMPT)
        return client.submit(PROMPT)

    with Loopback(reply) as server:
        assert play("sync", None, action, base_url=server.url).task_ids == ("t1",)


def test_attempts_can_be_set() -> None:
    """A caller may allow no second attempt at all."""
    script = Script(creates=[envelope(429)])
    with pytest.raises(RateLimited):
        play("sync", script, lambda c: c.submit(PROMPT), polling=Polling(attempts=1))
    assert len(script.requests) == 1


def test_the_key_goes_with_every_request() -> None:
    """As a bearer token, the documented scheme."""
    script = Script(creates=[created("t1")])
    play("sync", script, lambda c: c.submit(PROMPT))
    assert script.requests[0].headers["authorization"] == f"Bearer {KEY}"
