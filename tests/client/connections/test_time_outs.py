"""Guards against a server that drips, or cannot be reached, and holds the caller up for ever."""

from time import monotonic
from typing import Any

import httpx
import pytest

from client.loopback import IMPATIENT, Drip, Loopback, http
from client.over import once_heard
from client.pictures import PNG, fetched
from client.play import KINDS, PROMPT, Script, Time, client_for, created, play
from client.raw_answers import BALANCE, CREATED
from imagen4 import Imagen4Error, SubmissionUncertain, TransportError
from imagen4.wire import fetching
from waiting import until

LONG = 2500  # bytes; dripping, they take 50 s, and half of that is less than any time-out of ours


@pytest.mark.parametrize(("patience", "connect"), [(30.0, 10.0), (4.0, 4.0)])
def test_connecting_takes_ten_seconds_at_most(patience: float, connect: float) -> None:
    """Long before the time for the answer is over: nothing was sent, and it can be tried again."""
    script = Script(creates=[created("t1")])
    play("sync", script, lambda c: c.submit(PROMPT), timeout=patience)
    limits = {"connect": connect, "read": patience, "write": patience, "pool": patience}
    assert script.requests[0].extensions["timeout"] == limits


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", ["headers", "body"])
def test_an_answer_that_drips_is_given_up_in_time(kind: str, part: str) -> None:
    """The time-out is for the whole exchange, not for each byte."""
    body = CREATED.ljust(LONG)
    answer = Drip(http(200, body) if part == "body" else http(200, b"", "X: " + "x" * LONG))
    started = monotonic()
    with Loopback(lambda _: answer) as server:
        with pytest.raises(SubmissionUncertain, match="ReadTimeout"):
            play(kind, None, lambda c: c.submit(PROMPT), base_url=server.url, timeout=IMPATIENT)
        until(lambda: bool(server.requests))
        assert len(server.requests) == 1
    assert monotonic() - started < len(answer) * Drip.PAUSE / 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_connection_used_again_is_bounded_again(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each exchange has its own time, whichever connection it gets."""
    drip = Drip(http(200, b'{"code":200,"data":7}'.ljust(LONG)))
    answers: list[bytes] = [BALANCE, BALANCE, drip]
    once_heard(monkeypatch, drip[:9], lambda exchange: exchange.extend(0.0))

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
        play(kind, None, sync if kind == "sync" else by_await, base_url=server.url)
    assert monotonic() - started < len(drip) * Drip.PAUSE / 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_whose_headers_drip_is_given_up(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attempt counts as broken off; the body that follows has a limit of its own."""
    monkeypatch.setattr(fetching, "LONGEST_HEADERS", IMPATIENT)
    drip = Drip(http(200, b"", "X: " + "x" * LONG))
    answers = [drip, http(200, PNG)]
    started = monotonic()
    content, server, _ = fetched(kind, lambda _: answers.pop(0), lambda r: r.images[0].read())
    assert content == PNG
    assert server.paths() == ["/1.png", "/1.png"]
    assert monotonic() - started < len(drip) * Drip.PAUSE / 2


def test_an_answer_that_drips_has_an_end() -> None:
    """The HTTP time-out counts for the whole body, not for every byte of it."""
    time = Time()

    class Drip(httpx.SyncByteStream):
        def __iter__(self) -> Any:
            for _ in range(100):
                time.now += 1
                yield b" "

    def reply(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Drip())

    client = client_for("sync", "kie", reply, time)  # type: ignore[arg-type]
    with pytest.raises(Imagen4Error, match="The answer came too slowly"):
        client.credits()
    assert time.now == pytest.approx(1031)
