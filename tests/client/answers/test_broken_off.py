"""Guards against throwing away what was read of an answer to a create, because it broke off."""

import asyncio
import gzip
import threading
from contextlib import nullcontext
from time import monotonic
from typing import Any

import httpx
import pytest

from client.loopback import IMPATIENT, Loopback, Received, ThenReset, http
from client.over import once_heard, time_is_over_after
from client.play import KEY, KINDS, PROMPT, Script, created, play
from client.raw_answers import CREATED
from imagen4 import AsyncClient, SubmissionUncertain, TransportError
from imagen4.wire import exchange_deadline

CHUNKED = b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n%s\r\n%x\r\n%s\r\n"
CLOSE = "Connection: close\r\n"
GZIP = CLOSE + "Content-Encoding: gzip\r\n"
ZIPPED = gzip.compress(CREATED)
WHOLE = {
    "no last chunk, then the end": CHUNKED % (CLOSE.encode(), len(CREATED), CREATED),
    "no last chunk, then nothing": CHUNKED % (b"", len(CREATED), CREATED),
    "a last chunk that is none": CHUNKED % (b"", len(CREATED), CREATED) + b"nonsense\r\n",
    "a length too long, then the end": http(200, CREATED, CLOSE, length=len(CREATED) + 2),
    "a length too long, then nothing": http(200, CREATED, length=len(CREATED) + 2),
    "a reset behind it": ThenReset(http(200, CREATED, length=len(CREATED) + 2)),
    "a reset instead of the last chunk": ThenReset(CHUNKED % (b"", len(CREATED), CREATED)),
    "gzip without its end": http(200, ZIPPED[:-4], GZIP),
    "gzip without its end, which is missed": http(200, ZIPPED[:-4], GZIP, length=len(ZIPPED)),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("answer", WHOLE.values(), ids=WHOLE.keys())
def test_a_whole_object_is_an_answer_however_the_transfer_ends(
    kind: str, answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The task is there, is paid for, and its id is known."""
    time_is_over_after(answer, monkeypatch)
    with Loopback(lambda _: answer) as server:
        submitted = play(kind, None, lambda c: c.submit(PROMPT), base_url=server.url)
        assert submitted.task_ids == ("t1",)
        assert len(server.requests) == 1


BROKEN = b'{"code":200,"msg":"' + PROMPT.encode() + b'","data":{"taskId":%s'


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("rest", "task_id"),
    [(b'"t1"', "t1"), (b'"t1","x":', "t1"), (b"12345,", "12345"), (b"1234", None), (b'"t', None)],
)
@pytest.mark.parametrize("length", [0, 2])
def test_half_an_object_stands_on_the_error_with_the_id_in_it(
    kind: str, rest: bytes, task_id: str | None, length: int
) -> None:
    """Without key and prompt; also where the length announced was too short."""
    body = BROKEN % rest
    answer = http(200, body, CLOSE, length=len(body) + length)
    with Loopback(lambda _: answer) as server:
        with pytest.raises(SubmissionUncertain) as caught:
            play(kind, None, lambda c: c.submit(PROMPT), base_url=server.url)
        assert len(server.requests) == 1
    error = caught.value
    assert error.record_id == task_id
    assert error.http_status == 200
    assert error.body is not None
    assert error.body.startswith('{"code":200,"msg":"')
    assert PROMPT not in error.body


def test_an_interruption_in_the_middle_of_an_answer_logs_its_id(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection hangs, the user gives up, and the id was there."""
    answer = CHUNKED % (b"", len(CREATED), CREATED)

    async def cancelled() -> None:
        heard = asyncio.Event()
        once_heard(monkeypatch, answer, lambda _: heard.set())
        with Loopback(lambda _: answer) as server:
            async with AsyncClient("kie", api_key=KEY, base_url=server.url) as client:
                submitting = asyncio.create_task(client.submit(PROMPT))
                await heard.wait()
                submitting.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await submitting

    asyncio.run(cancelled())
    assert caplog.messages == ["kie: CancelledError while working on tasks t1"]


@pytest.mark.parametrize("http_client", [nullcontext, httpx.AsyncClient], ids=["own", "injected"])
def test_an_answer_that_came_while_the_loop_was_blocked_is_read(http_client: Any) -> None:
    """It lies in the socket by the time that the time-out is looked at."""
    blocked = threading.Event()

    async def submitted() -> tuple[str, ...]:
        arrived, loop = asyncio.Event(), asyncio.get_running_loop()

        def reply(_: Received) -> bytes:
            loop.call_soon_threadsafe(arrived.set)
            blocked.wait(60)
            return http(200, CREATED)

        with Loopback(reply) as server:
            settings: Any = {"base_url": server.url, "timeout": IMPATIENT}
            async with (
                http_client() as lent,
                AsyncClient("kie", api_key=KEY, http_client=lent, **settings) as client,
            ):
                submitting = asyncio.create_task(client.submit(PROMPT))
                await arrived.wait()
                blocked.set()
                threading.Event().wait(2 * IMPATIENT)
                return (await submitting).task_ids

    assert asyncio.run(submitted()) == ("t1",)


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_that_came_while_the_process_was_stopped_is_read(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock has moved on, and most of the answer lies in the socket."""
    stopped = 0.0
    monkeypatch.setattr(exchange_deadline, "monotonic", lambda: monotonic() + stopped)

    def reply(_: Received) -> bytes:
        nonlocal stopped
        stopped = 1000.0
        return http(200, CREATED.ljust(90_000))

    with Loopback(reply) as server:
        assert play(kind, None, lambda c: c.submit(PROMPT), base_url=server.url).task_ids == ("t1",)


def test_what_broke_off_without_an_answer_says_nothing() -> None:
    """There is no body to show."""
    script = Script(creates=[httpx.ConnectError("x"), created("t1")])
    assert play("sync", script, lambda c: c.submit(PROMPT)).task_ids == ("t1",)
    script = Script(creates=[httpx.ReadError("x")])
    with pytest.raises(SubmissionUncertain) as caught:
        play("sync", script, lambda c: c.submit(PROMPT))
    assert (caught.value.body, caught.value.record_id) == (None, None)
    assert isinstance(caught.value.__cause__, TransportError)
