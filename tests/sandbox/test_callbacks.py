"""A callback that is signed otherwise than documented teaches receivers to accept forgeries."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from imagen4.sandbox import Sandbox
from imagen4.sandbox.callbacks import why_not_sent
from sandbox.conftest import Asker
from waiting import until


class Receiver:
    """A loopback server that keeps what is posted, and answers as it is told."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.on_post: Callable[[], None] = lambda: None
        self.posts: list[tuple[dict[str, str], Any]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.posts.append((headers, json.loads(content)))
                receiver.on_post()
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                self.send_header("location", receiver.url)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/callback"

    @property
    def bodies(self) -> list[Any]:
        return [body for _, body in self.posts]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, args=(0.01,))
    thread.start()
    yield receiver
    receiver.server.shutdown()
    thread.join()
    receiver.server.server_close()


def outcomes(ask: Asker, seconds: float) -> list[str]:
    """How each delivery fared by then."""
    ask.sandbox.clock.advance(seconds)
    return [delivery.outcome for delivery in ask.sandbox.deliver_callbacks()]


def test_a_success_is_posted_once_when_the_task_ends(ask: Asker, receiver: Receiver) -> None:
    """Not before; code 200 and the record, with what it cost."""
    task_id = ask.create(callback=receiver.url)
    assert outcomes(ask, 7) == ["waiting"]
    assert outcomes(ask, 2) == ["HTTP 200"]
    assert outcomes(ask, 100) == ["HTTP 200"]
    (body,) = receiver.bodies
    assert body["code"] == 200
    assert body["data"]["taskId"] == task_id
    assert body["data"]["state"] == "success"
    assert body["data"]["resultJson"] == ask.record(task_id)["resultJson"]
    assert body["data"]["creditsConsumed"] == 8
    assert body["data"]["updateTime"] == body["data"]["completeTime"]


def test_a_failure_is_posted_with_code_501(ask: Asker, receiver: Receiver) -> None:
    """With the reason in the record."""
    ask.sandbox.fault("fail", code="422", message="prohibited")
    ask.create(callback=receiver.url)
    assert outcomes(ask, 9) == ["HTTP 200"]
    (body,) = receiver.bodies
    assert (body["code"], body["data"]["state"]) == (501, "fail")
    assert (body["data"]["failCode"], body["data"]["failMsg"]) == ("422", "prohibited")


def test_kie_signs_by_the_documented_rule(kie: Asker, receiver: Receiver) -> None:
    """base64(HMAC-SHA256(key, taskId + "." + timestamp)), the timestamp in Unix seconds."""
    task_id = kie.create(callback=receiver.url)
    outcomes(kie, 9)
    headers = receiver.posts[0][0]
    stamp = headers["x-webhook-timestamp"]
    text = f"{task_id}.{stamp}".encode()
    digest = hmac.new(b"sandbox-webhook-key", text, hashlib.sha256).digest()
    assert headers["x-webhook-signature"] == base64.b64encode(digest).decode()
    assert abs(int(stamp) - time.time()) < 60


def test_apikley_does_not_sign(apikley: Asker, receiver: Receiver) -> None:
    """Nobody has shown that it does."""
    apikley.create(callback=receiver.url)
    outcomes(apikley, 9)
    assert "x-webhook-signature" not in receiver.posts[0][0]


def test_without_a_webhook_key_nothing_is_signed(kie: Asker, receiver: Receiver) -> None:
    """As in an account that has set none."""
    kie.sandbox.configure(webhook_key="")
    kie.create(callback=receiver.url)
    outcomes(kie, 9)
    assert "x-webhook-signature" not in receiver.posts[0][0]


def test_a_callback_is_tried_again_until_http_200(ask: Asker, receiver: Receiver) -> None:
    """Any other answer counts as none."""
    receiver.statuses = [500, 204]
    ask.create(callback=receiver.url)
    assert outcomes(ask, 9) == ["HTTP 500", "waiting"]
    assert outcomes(ask, 6) == ["HTTP 500", "HTTP 204", "waiting"]
    assert outcomes(ask, 26) == ["HTTP 500", "HTTP 204", "HTTP 200"]
    assert outcomes(ask, 1000)[3:] == []


def test_a_receiver_that_is_not_there_is_given_up(ask: Asker, receiver: Receiver) -> None:
    """After three attempts; the sandbox goes on."""
    closed = receiver.url.replace(str(receiver.server.server_port), "9")
    ask.create(callback=closed)
    for seconds in (9, 6, 26):
        found = outcomes(ask, seconds)
    assert found == ["not delivered: ConnectError"] * 3
    ask.create()


def test_callbacks_go_out_by_themselves_when_time_does(
    http: httpx.Client, receiver: Receiver
) -> None:
    """Nobody steps this clock; eight seconds of it take less than a real one."""
    with Sandbox(speed=100) as sandbox:
        kie = Asker(sandbox, http, "kie")
        tasks = {kie.create(callback=receiver.url) for _ in range(3)}
        until(lambda: len(receiver.posts) == 3)
    assert {body["data"]["taskId"] for body in receiver.bodies} == tasks


def test_a_reset_ends_retries_under_way(ask: Asker, receiver: Receiver) -> None:
    """Nothing of one test arrives in the next."""
    receiver.statuses = [500]
    receiver.on_post = ask.sandbox.reset
    ask.create(callback=receiver.url)
    assert outcomes(ask, 9) == []
    assert outcomes(ask, 1000) == []
    assert len(receiver.posts) == 1


def test_redirects_are_not_followed(ask: Asker, receiver: Receiver) -> None:
    """A 307 is an answer other than 200, and nothing goes where it points."""
    receiver.statuses = [307]
    ask.create(callback=receiver.url)
    assert outcomes(ask, 9) == ["HTTP 307", "waiting"]
    assert len(receiver.posts) == 1


def test_duplicate_late_lost_and_forged_callbacks(kie: Asker, receiver: Receiver) -> None:
    """Each on request."""
    kie.sandbox.fault("duplicate-callback", copies=2)
    kie.create(callback=receiver.url)
    assert outcomes(kie, 9) == ["HTTP 200"] * 3
    assert len({json.dumps(body) for body in receiver.bodies}) == 1

    kie.sandbox.fault("late-callback", seconds=30)
    kie.create(callback=receiver.url)
    assert outcomes(kie, 30)[3:] == ["waiting"]
    assert outcomes(kie, 9)[3:] == ["HTTP 200"]

    kie.sandbox.fault("lost-callback")
    kie.create(callback=receiver.url)
    assert outcomes(kie, 1000)[4:] == ["not sent: lost"]
    assert len(receiver.posts) == 4


def test_a_forged_callback_does_not_verify(kie: Asker, receiver: Receiver) -> None:
    """The signature is there, under another key."""
    kie.sandbox.fault("forged-callback")
    task_id = kie.create(callback=receiver.url)
    outcomes(kie, 9)
    headers = receiver.posts[0][0]
    text = f"{task_id}.{headers['x-webhook-timestamp']}".encode()
    right = base64.b64encode(hmac.digest(b"sandbox-webhook-key", text, "sha256")).decode()
    assert headers["x-webhook-signature"] not in ("", right)


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/hook",
        "http://169.254.169.254/latest/meta-data",
        "http://[fe80::1]/",
        "http://0.0.0.0/",
        "http://example.com/hook",
        "http://127.0.0.1.example.com/",
        "http://127.0.0.1@example.com/",
        "http://2130706433/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "http://127.0.0.1:99999/",
    ],
)
def test_callbacks_stay_on_this_machine(ask: Asker, url: str) -> None:
    """A task that names another host is created, and nothing is sent."""
    ask.create(callback=url)
    (outcome,) = outcomes(ask, 9)
    assert outcome.startswith("not sent")


def test_hosts_can_be_allowed_by_name() -> None:
    """That one, not its neighbours; loopback always."""
    allowed = ("hooks.test",)
    assert why_not_sent("https://hooks.test/x", allowed) is None
    assert why_not_sent("https://a.hooks.test/x", allowed) is not None
    for url in ("http://127.0.0.1:8000/", "http://[::1]/", "http://localhost/"):
        assert why_not_sent(url, ()) is None
