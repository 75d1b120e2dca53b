"""One HTTP exchange at a real server: it begins once, and it ends in time."""

import asyncio
import io
import logging
from time import monotonic
from typing import Any

import httpx
import pytest

from client.loopback import HANG, IMPATIENT, Drip, Loopback, http
from client.play import (
    KEY,
    KINDS,
    PROMPT,
    QUICK,
    Script,
    Time,
    client_for,
    play,
)  # fmt: skip
from client.raw_answers import BALANCE, CREATED
from imagen4 import SubmissionUncertain, TransportError
from imagen4.core.effects import Call, Send
from imagen4.downloads.transfer import Transfer, transferred
from imagen4.wire import transport
from imagen4.wire.exchange import Exchange
from imagen4.wire.transport import transport_error


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
    """An error's class is no proof that nothing left: bytes that began to leave are."""
    with Loopback(lambda _: http(200, CREATED)) as server:
        http_client = raising(problem, kind)
        with pytest.raises(SubmissionUncertain):
            play(
                kind, None, lambda c: c.submit(PROMPT), base_url=server.url,
                http_client=http_client, polling=QUICK,
            )  # fmt: skip
        assert server.paths("POST") == ["/api/v1/jobs/createTask"]
        http_client.close() if kind == "sync" else asyncio.run(http_client.aclose())


@pytest.mark.parametrize(("patience", "connect"), [(30.0, 10.0), (4.0, 4.0)])
def test_connecting_takes_ten_seconds_at_most(patience: float, connect: float) -> None:
    """Long before the time for the answer is over: nothing was sent, and it can be tried again."""
    client = client_for("sync", "kie", None, Time())
    request = client._driver._wire.request(Send(Call("POST", "/"), patience), None)
    limits = {"connect": connect, "read": patience, "write": patience, "pool": patience}
    assert request.extensions["timeout"] == limits


def test_a_tunnel_asked_of_a_proxy_is_not_the_request() -> None:
    """What fails before it is there has not sent a create."""
    exchange = Exchange(1.0)
    exchange.observe("http11.send_request_headers.started", {"request": httpcore_like(b"CONNECT")})
    assert transport_error(httpx.ProxyError("no"), exchange).sent is False  # type: ignore[attr-defined]
    exchange.observe("http11.send_request_headers.started", {"request": httpcore_like(b"POST")})
    assert transport_error(httpx.ProxyError("no"), exchange).sent is True  # type: ignore[attr-defined]


def httpcore_like(method: bytes) -> Any:
    """A request as the trace shows it."""

    class Request:
        pass

    request: Any = Request()
    request.method = method
    return request


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", ["headers", "body"])
def test_an_answer_that_drips_is_given_up_in_time(kind: str, part: str) -> None:
    """The time-out is for the whole exchange, not for each byte."""
    body = CREATED.ljust(900)
    answer = Drip(http(200, body) if part == "body" else http(200, b"", "X: " + "x" * 900))
    started = monotonic()
    with Loopback(lambda _: answer) as server:
        with pytest.raises(SubmissionUncertain, match="ReadTimeout"):
            play(kind, None, lambda c: c.submit(PROMPT), base_url=server.url, timeout=IMPATIENT)
        assert len(server.requests) == 1
    assert monotonic() - started < len(answer) * Drip.PAUSE / 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_connection_used_again_is_bounded_again(kind: str) -> None:
    """Each exchange has its own time, whichever connection it gets."""
    drip = Drip(http(200, b'{"code":200,"data":7}'.ljust(900)))
    answers: list[bytes] = [BALANCE, BALANCE, drip]

    def sync(client: Any) -> None:
        assert [client.credits(), client.credits()] == [7, 7]
        with pytest.raises(TransportError, match="ReadTimeout"):
            client.credits()

    async def by_await(client: Any) -> None:
        assert [await client.credits(), await client.credits()] == [7, 7]
        with pytest.raises(TransportError, match="ReadTimeout"):
            await client.credits()

    started = monotonic()
    with Loopback(lambda _: answers.pop(0)) as server:
        action = sync if kind == "sync" else by_await
        play(kind, None, action, base_url=server.url, timeout=IMPATIENT)
    assert monotonic() - started < len(drip) * Drip.PAUSE / 2


def test_other_uses_of_an_injected_client_are_left_alone() -> None:
    """A connection that served us has no limit of ours for its owner."""
    answers: list[bytes] = [BALANCE, Drip(http(200, b"slow"))]  # 41 bytes, 0.8 s in all
    settings: dict[str, Any] = {"timeout": IMPATIENT}
    with Loopback(lambda _: answers.pop(0)) as server, httpx.Client(timeout=30) as own:
        settings |= {"base_url": server.url, "http_client": own}
        play("sync", None, lambda c: c.credits(), **settings)
        assert own.get(server.url).text == "slow"


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_whose_headers_drip_is_given_up(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attempt counts as broken off; the body that follows has a limit of its own."""
    monkeypatch.setattr(transport, "LONGEST_HEADERS", IMPATIENT)
    picture = b"\x89PNG\r\n\x1a\n" + bytes(10)
    answers = [Drip(http(200, b"", "X: " + "x" * 900)), http(200, picture)]
    with Loopback(lambda _: answers.pop(0)) as server:
        assert saved(kind, f"{server.url}/1.png") == picture
        assert server.paths() == ["/1.png", "/1.png"]


def saved(kind: str, url: str) -> bytes:
    """What a download writes."""
    file = io.BytesIO()
    script = Script()

    def sync(client: Any) -> None:
        client._driver.run(transferred(Transfer(client._settings, url, file)))

    async def by_await(client: Any) -> None:
        await client._driver.run(transferred(Transfer(client._settings, url, file)))

    play(kind, script, sync if kind == "sync" else by_await)
    return file.getvalue()


def test_a_create_that_waits_for_its_turn_was_not_under_way(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Cancelled before it went out, it cannot have been accepted, and nobody is told so."""

    async def hang(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async def run() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(hang)) as http_client:
            client = client_for(
                "async", "kie", None, Time(), http_client=http_client, polling=QUICK
            )
            tasks = [asyncio.create_task(client.submit(PROMPT)) for _ in range(53)]
            for _ in range(20):
                await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    with caplog.at_level(logging.WARNING, "imagen4"):
        asyncio.run(run())
    assert len([each for each in caplog.messages if "may have been accepted" in each]) == 50
    assert len(caplog.messages) == 50


def test_a_send_begins_when_it_is_its_turn() -> None:
    """And not when it is thought of."""
    with Loopback(lambda _: HANG) as server:
        client = client_for("sync", "kie", None, Time(), base_url=server.url)
        send = Send(Call("GET", "/x"), IMPATIENT)
        assert send.started is False
        with pytest.raises(TransportError):
            client._driver._wire.send(send)
        assert send.started is True
        client.close()
    assert KEY not in repr(send)
