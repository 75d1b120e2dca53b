"""Guards against callbacks that are believed, or repeated, or hold the receiver up."""

import asyncio
import json
import logging
import socket
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from client.play import UNVERIFIED
from client.signed_callbacks import BODY, WEBHOOK_KEY, signed
from imagen4 import InvalidRequest, Task
from imagen4.callbacks import Receiver

NAMED = "imagen4-token"


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(verify=UNVERIFIED, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def signing() -> Iterator[Receiver]:
    with Receiver(webhook_key=WEBHOOK_KEY).running() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def by_token() -> Iterator[Receiver]:
    with Receiver().running() as receiver:
        yield receiver


def connected(receiver: Receiver) -> socket.socket:
    url = httpx.URL(receiver.url or "")
    return socket.create_connection((url.host, url.port or 0), timeout=60)


def now() -> int:
    return int(time.time())


@pytest.mark.parametrize(
    ("sign", "status"),
    [
        (lambda: signed(timestamp=now()), 200),
        (lambda: signed(timestamp=now() - 400), 401),
        (lambda: signed(timestamp=now(), key="another key"), 401),
        (lambda: signed("t2", timestamp=now()), 401),
        (dict, 401),
    ],
    ids=["right", "old", "another key", "another task's", "none"],
)
def test_only_what_the_webhook_key_signed_is_taken(
    signing: Receiver, http: httpx.Client, sign: Callable[[], dict[str, str]], status: int
) -> None:
    """Twice, if it comes twice, and although nobody waits: else the gateway would try again."""
    headers = sign()
    for _ in range(2):
        assert http.post(signing.url or "", content=BODY, headers=headers).status_code == status


def test_where_nobody_signs_the_token_is_what_counts(
    by_token: Receiver, http: httpx.Client
) -> None:
    """One of ours, also once its job is over; not none, a made-up one, another's, or two."""
    ours, foreign = (each.bell("apikley").new_token() for each in (by_token, Receiver()))
    tokens = [[ours], [], [""], ["x"], [ours[:-1]], [foreign], [ours, foreign]]
    answers = [http.post(by_token.url or "", content=BODY, params={NAMED: each}) for each in tokens]
    assert [each.status_code for each in answers] == [200, *[401] * 6]
    assert len(ours) > 80


@pytest.mark.parametrize(
    "body",
    [b"", b"x", b"[]", b"{}", b'{"data": {"taskId": ""}}', b"\xff", b"[" * 100_000, b'{"data": 1}'],
    ids=repr,
)
def test_what_names_no_task_is_answered_400(
    signing: Receiver, http: httpx.Client, body: bytes
) -> None:
    """Whatever it is."""
    assert http.post(signing.url or "", content=body).status_code == 400


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_only_post_is_allowed(signing: Receiver, http: httpx.Client, method: str) -> None:
    """And that is said."""
    answer = http.request(method, signing.url or "")
    assert (answer.status_code, answer.headers["allow"], answer.content) == (405, "POST", b"")


def test_a_body_has_a_limit(signing: Receiver, http: httpx.Client) -> None:
    """What is beyond it is not waited for, and not taken for the next request."""
    body = b"x" * (1024 * 1024 + 1)
    assert http.post(signing.url or "", content=body).status_code == 413
    with connected(signing) as sending:
        sending.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n" + body)
        said = sending.recv(1000)
    assert said.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close\r\n" in said


@pytest.mark.parametrize("sent", [b"", b'{"data": {'])
def test_who_drips_a_body_is_not_waited_for(sent: bytes) -> None:
    """Afterwards the connection is closed."""
    with Receiver(patience=0.2).running() as hurried, connected(hurried) as dripping:
        dripping.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n" + sent)
        said = dripping.makefile("rb").read()
    assert said.startswith(b"HTTP/1.1 408 ")


def test_who_hangs_up_half_way_harms_nobody(
    by_token: Receiver, http: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is logged of it either."""
    for _ in range(3):
        with connected(by_token) as leaving:
            leaving.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{")
    assert http.post(by_token.url or "", content=BODY).status_code == 401
    assert caplog.records == []


def test_a_key_that_does_not_fit_is_told(
    http: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Only where the gateway must have sent it, so that strangers fill no log; without secrets."""
    with Receiver(webhook_key="the-key-of-another-account").running() as receiver:
        token, headers = receiver.bell("kie").new_token(), signed(timestamp=now())
        for params in ({}, {NAMED: "x"}, {NAMED: token}):
            answer = http.post(receiver.url or "", content=BODY, headers=headers, params=params)
            assert answer.status_code == 401
    (told,) = [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]
    assert told == "A callback is not signed with the webhook key that the receiver has"


def test_a_view_of_any_framework_can_hand_a_callback_on() -> None:
    """With headers, body and query as WSGI or a framework has them; the task is told as it says."""
    told: list[tuple[Task, str]] = []
    receiver = Receiver(webhook_key=WEBHOOK_KEY, on_callback=lambda *each: told.append(each))
    headers = signed(timestamp=now())
    environ: dict[str, Any] = {
        f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()
    }
    assert receiver.receive(environ, BODY.encode(), "a=b") == 200
    assert receiver.receive(headers, BODY, b"a=b") == 200
    assert receiver.receive({}, BODY, None) == 401
    with pytest.raises(InvalidRequest, match="or its query, is text or bytes"):
        receiver.receive(headers, BODY, {"a": "b"})  # type: ignore[arg-type]
    half = json.dumps({"data": {"taskId": "t1", "state": []}})
    assert receiver.receive(headers, half) == 400
    assert [(task.task_id, query) for task, query in told] == [("t1", "a=b")] * 2


def test_what_on_callback_raises_lets_the_gateway_come_again(http: httpx.Client) -> None:
    """It is answered 500; on another thread, so that the event loop goes on."""

    def fail(task: Task, query: str) -> None:
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        raise OSError("the disk is full")

    with Receiver(webhook_key=WEBHOOK_KEY, on_callback=fail).running() as receiver:
        headers = signed(timestamp=now())
        assert http.post(receiver.url or "", content=BODY, headers=headers).status_code == 500


def test_a_receiver_that_is_none_is_refused() -> None:
    """Say with a key of a variable that is not set: anybody could sign with that."""
    for given in ({"url": "example.org"}, {"webhook_key": " "}, {"patience": 0}):
        with pytest.raises(InvalidRequest):
            Receiver(**given)  # type: ignore[arg-type]

    async def awaited(task: Task, query: str) -> None:
        raise NotImplementedError  # nobody would await it, and no callback be told

    for on_callback, why in (("print", "must be a function"), (awaited, "does not await it")):
        with pytest.raises(InvalidRequest, match=why):
            Receiver(on_callback=on_callback)  # type: ignore[arg-type]
    assert "whk" not in repr(Receiver(webhook_key=WEBHOOK_KEY))
    with pytest.raises(InvalidRequest, match="answers HTTP alone"):
        asyncio.run(Receiver()({"type": "websocket"}, None, None))  # type: ignore[arg-type]


def test_without_uvicorn_the_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only to serve it from a thread: mounted in an application it needs nothing."""
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(InvalidRequest, match=r"pip install 'imagen4\[webhooks\]'"):
        Receiver().running().__enter__()
    assert Receiver().receive({}, BODY) == 401
