"""Guards against losing a paid task's id because of what a proxy does to an answer's head."""

import gzip
import zlib
from typing import Any

import httpx
import pytest

from client.loopback import HANG, IMPATIENT, Loopback, ThenReset, http
from client.over import time_is_over_after
from client.play import KEY, KINDS, PROMPT, play
from client.raw_answers import BALANCE, CREATED
from imagen4 import SubmissionUncertain, TransportError

OK = b"HTTP/1.1 200 OK\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(CREATED)
END = b"\r\n" + CREATED
CHUNKS = b"%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (
    *(20, CREATED[:20]),
    *(len(CREATED) - 20, CREATED[20:]),
)
SPOILED = {
    "gzip that is none": http(200, CREATED, "Content-Encoding: gzip\r\n"),
    "deflate that is none": http(200, CREATED, "Content-Encoding: deflate\r\n"),
    "gzip that nobody tells of": http(200, gzip.compress(CREATED)),
    "gzip with a wrong checksum": http(
        200, gzip.compress(CREATED)[:-8] + bytes(8), "Content-Encoding: gzip\r\n"
    ),
    "deflate": http(200, zlib.compress(CREATED), "Content-Encoding: deflate\r\n"),
    "deflate without a head": http(
        200, zlib.compress(CREATED)[2:-4], "Content-Encoding: deflate\r\n"
    ),
    "a header's name with a blank": OK + LENGTH + b"X Y: 1\r\n" + END,
    "a control in a header": OK + LENGTH + b"X: \x01\x02\r\n" + END,
    "two lengths": OK + LENGTH + b"Content-Length: 7\r\n" + END,
    "a length that is none": OK + b"Content-Length: many\r\n" + END,
    "a folded header in the first line": OK + b" folded\r\n" + LENGTH + END,
    "a line without a colon": OK + LENGTH + b"oops\r\n" + END,
    "an unknown framing": OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + CHUNKS,
    "chunks and a bad header": OK + b"X Y: 1\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    "chunks that nobody tells of": OK + b"Connection: close\r\n\r\n" + CHUNKS,
    "chunks that are none": OK + b"Transfer-Encoding: chunked\r\n" + END,
    "gzip and a bad header": OK + b"X Y: 1\r\n\r\n" + gzip.compress(CREATED),
    "no end of the head": OK + LENGTH + CREATED,
    "a length of nothing": http(200, CREATED, length=0),
    "a length too short": http(200, CREATED, length=9),
    "a bad header behind a 103": b"HTTP/1.1 103 X\r\n\r\n" + OK + b"X Y: 1\r\n" + END,
    "a bad header, then a reset": ThenReset(OK + LENGTH + b"X Y: 1\r\n" + END),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("answer", SPOILED.values(), ids=SPOILED)
def test_a_whole_object_is_an_answer_whatever_is_said_about_it(
    kind: str, answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bytes came: a person who reads them knows which task was made."""
    time_is_over_after(answer, monkeypatch)
    with Loopback(lambda _: answer) as server:
        submitted = play(kind, None, lambda c: c.submit(PROMPT), base_url=server.url)
        assert submitted.task_ids == ("t1",)
        assert len(server.requests) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_over_an_injected_client_it_is_one_too(kind: str) -> None:
    """Also if its hook reads the answer, and fails."""

    def hook(response: httpx.Response) -> Any:
        return response.aread() if kind == "async" else response.read()

    async def hook_async(response: httpx.Response) -> None:
        await hook(response)

    for answer in (SPOILED["gzip that is none"], SPOILED["two lengths"]):
        with Loopback(lambda _, answer=answer: answer) as server:
            http_client: Any = httpx.Client(event_hooks={"response": [hook]})
            if kind == "async":
                http_client = httpx.AsyncClient(event_hooks={"response": [hook_async]})
            settings: dict[str, Any] = {"base_url": server.url, "http_client": http_client}
            assert play(kind, None, lambda c: c.submit(PROMPT), **settings).task_ids == ("t1",)


def uncertain(kind: str, answer: bytes, monkeypatch: pytest.MonkeyPatch) -> SubmissionUncertain:
    """What a create comes to that is answered so, or not at all."""
    with Loopback(lambda _: answer) as server, monkeypatch.context() as patch:
        settings: dict[str, Any] = {"base_url": server.url}
        if answer == HANG:
            settings["timeout"] = IMPATIENT
        else:
            time_is_over_after(answer, patch)
        with pytest.raises(SubmissionUncertain) as caught:
            play(kind, None, lambda c: c.submit(PROMPT), **settings)
    return caught.value


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_whole_object_stands_on_the_error(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the id that is in it, and without the key."""
    half = CREATED[:-2] + b',"key":"' + KEY.encode()
    for head, status in ((OK + b"X Y: 1\r\n\r\n", 200), (b"", None)):
        error = uncertain(kind, head + half + b"\r\n\r\n", monkeypatch)
        assert (error.record_id, error.http_status) == ("t1", status)
        assert error.body
        assert KEY not in error.body


@pytest.mark.parametrize("kind", KINDS)
def test_polls_are_read_by_eye_too(kind: str) -> None:
    """A proxy that spoils one answer spoils all, and the pictures are paid for."""
    spoiled = BALANCE.replace(b"\r\n\r\n", b"\r\nX Y: 1\r\n\r\n")
    with Loopback(lambda _: spoiled) as server:
        assert play(kind, None, lambda c: c.credits(), base_url=server.url) == 7


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_proxy_says_before_the_request_is_no_answer(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refused CONNECT is none of the gateway's words, even if it is JSON."""
    refused = http(407, b'{"code":402,"msg":"pay the proxy"}')
    with Loopback(lambda _: refused) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(TransportError) as caught:
            play(kind, None, lambda c: c.credits(), base_url="https://gateway.example")
    assert (caught.value.sent, caught.value.code) == (False, None)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_read_where_nothing_came(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or no more than a head."""
    for answer in (HANG, OK + LENGTH + b"X Y: 1\r\n\r\n"):
        error = uncertain(kind, answer, monkeypatch)
        assert (error.body, error.record_id) == (None, None)
