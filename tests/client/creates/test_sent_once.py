"""Guards against a create that is sent, and paid for, twice; counted where the POSTs arrive."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from client.loopback import HANG, IMPATIENT, RESET, Loopback, Received, http
from client.play import KINDS, PROMPT, QUICK, Script, created, envelope, play
from client.raw_answers import CREATED
from imagen4 import Imagen4Error, InsufficientCredits, SubmissionUncertain, TransportError
from waiting import until

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
        until(lambda: bool(server.requests))  # also one that nobody waits for any more
    assert server.paths("POST") == ["/api/v1/jobs/createTask"]
    error = caught.value
    assert error.sent_at is not None
    assert before - timedelta(seconds=1) < error.sent_at < datetime.now(UTC)
    assert f"{error.sent_at:%Y-%m-%d %H:%M:%S} UTC" in error.message
    assert error.message.startswith("Create 1 of 1, sent at ")
    assert isinstance(error.__cause__, Imagen4Error)
    assert (error.gateway, error.task_ids, error.job) == ("kie", (), None)


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


def raising(problem: Exception, kind: str) -> Any:
    """An injected client whose hook for answers raises an error of its own."""

    def hook(_: httpx.Response) -> None:
        raise problem

    async def hook_async(_: httpx.Response) -> None:
        raise problem

    if kind == "sync":
        return httpx.Client(event_hooks={"response": [hook]})
    return httpx.AsyncClient(event_hooks={"response": [hook_async]})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "problem", [httpx.ConnectError("x"), httpx.ConnectTimeout("x"), httpx.PoolTimeout("x")]
)
def test_a_create_that_arrived_is_not_sent_again_whatever_is_raised(
    kind: str, problem: Exception
) -> None:
    """An error's class is no proof that nothing left: bytes that began to leave are.

    And its answer, if that is there.
    """
    with Loopback(lambda _: http(200, CREATED)) as server:
        http_client = raising(problem, kind)
        submitted = play(
            kind, None, lambda c: c.submit(PROMPT), base_url=server.url,
            http_client=http_client, polling=QUICK,
        )  # fmt: skip
        assert submitted.task_ids == ("t1",)
        assert server.paths("POST") == ["/api/v1/jobs/createTask"]
        http_client.close() if kind == "sync" else asyncio.run(http_client.aclose())
