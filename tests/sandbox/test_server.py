"""Started in every test session and left running for days: quick, bounded, unimpressed."""

import asyncio
import json
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import partial

import httpx
import pytest

from imagen4.facts.protocol import CREATE_PATH, CREDITS_PATH, DETAILS_PATH
from imagen4.sandbox import Sandbox, create_app
from imagen4.sandbox.bounded import BoundedDict
from imagen4.sandbox.clock import Clock
from imagen4.sandbox.settings import SettingError
from sandbox.conftest import Asker
from sandbox.faulty import IMPATIENT
from waiting import until

START = """
import http.client, sys
from imagen4.sandbox import Sandbox, create_app
with Sandbox() as sandbox:
    wire = http.client.HTTPConnection("127.0.0.1", sandbox.port)
    wire.request("GET", "/kie/api/v1/chat/credit")
    assert wire.getresponse().status == 200
    wire.close()
print(*sys.modules)
"""


def raw(sandbox: Sandbox, content: bytes) -> bytes:
    """What the server answers to these bytes before it hangs up."""
    answer = b""
    address = ("127.0.0.1", sandbox.port)
    with socket.create_connection(address, timeout=60) as wire, suppress(ConnectionError):
        wire.sendall(content)
        wire.shutdown(socket.SHUT_WR)
        while part := wire.recv(65536):
            answer += part
    return answer


def test_a_start_loads_only_what_an_answer_needs() -> None:
    """Neither Pillow nor httpx nor the client: they would cost the start its half second."""
    argv = [sys.executable, "-c", START]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    modules = set(done.stdout.split())
    assert not modules & {"PIL", "httpx", "imagen4_generated.kie", "imagen4.client", "schemathesis"}


def test_two_sandboxes_run_side_by_side(http: httpx.Client) -> None:
    """Each on its own port with its own state, as under pytest-xdist."""
    with Sandbox(speed=0) as one, Sandbox(speed=0) as two:
        Asker(one, http, "kie").create()
        assert (len(one.requests), len(two.requests)) == (1, 0)


def test_it_can_be_stopped_while_somebody_waits(http: httpx.Client) -> None:
    """Silence is broken off; nobody has to wait until it is over."""
    with Sandbox(speed=0) as patient:
        patient.fault("no-answer")
        ask = Asker(patient, http, "kie")
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(ask.send, "GET", CREDITS_PATH)
            until(lambda: bool(patient.requests))
            begun = time.perf_counter()
            patient.stop()
            assert time.perf_counter() - begun < 30
            assert isinstance(waiting.exception(), httpx.TransportError)


def test_a_port_that_is_taken_is_an_error(sandbox: Sandbox) -> None:
    """Not a second server under one address."""
    with pytest.raises(OSError, match="in use"):
        Sandbox(port=sandbox.port).start()


@pytest.mark.parametrize(
    "content",
    [
        b"\x00" * 1000,
        b"\xff\xfe\xfd\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET " + b"/" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"POST /kie HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /kie HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"POST /kie HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /%ff%00 HTTP/1.1\r\nHost: \xff\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
    ],
)
def test_garbage_does_not_hurt(kie: Asker, content: bytes) -> None:
    """An error or a closed connection, and the next caller is served."""
    answer = raw(kie.sandbox, content)
    assert answer == b"" or answer.split(b" ")[1][:1] == b"4"
    assert kie.send("GET", CREDITS_PATH).json()["code"] == 200


def test_a_huge_body_is_refused_before_it_is_read(kie: Asker) -> None:
    """By its length, or after the first megabyte where none was told."""
    told = raw(
        kie.sandbox,
        f"POST /kie{CREATE_PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 104857600\r\n\r\n".encode(),
    )
    assert told.startswith(b"HTTP/1.1 413")
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    head = (
        f"POST /kie{CREATE_PATH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    )
    assert raw(kie.sandbox, head + chunk * 20).startswith(b"HTTP/1.1 413")


def test_slow_clients_do_not_keep_others_waiting(kie: Asker) -> None:
    """Forty half-sent requests, and the next caller is served at once."""
    head = f"POST /kie{CREATE_PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{".encode()
    address = ("127.0.0.1", kie.sandbox.port)
    slow = [socket.create_connection(address, timeout=60) for _ in range(40)]
    try:
        for wire in slow:
            wire.sendall(head)
        assert kie.send("GET", CREDITS_PATH).json()["code"] == 200
    finally:
        for wire in slow:
            wire.close()


def test_callers_who_hang_up_leave_no_trace(kie: Asker, caplog: pytest.LogCaptureFixture) -> None:
    """Neither half-way through a body nor while they wait for an answer."""
    head = f"POST /kie{CREATE_PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{".encode()
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", kie.sandbox.port), timeout=60) as wire:
            wire.sendall(head)
    kie.sandbox.fault("no-answer")
    with pytest.raises(httpx.ReadTimeout):
        kie.send("GET", CREDITS_PATH, timeout=IMPATIENT)
    until(lambda: bool(kie.sandbox.requests))
    assert kie.send("GET", CREDITS_PATH).json()["code"] == 200
    assert [entry.operation for entry in kie.sandbox.requests] == ["credit"] * 2
    assert caplog.records == []


def test_it_runs_in_process_too() -> None:
    """As an ASGI application, without a socket; its clock can be stepped all the same."""
    app = create_app(speed=0)

    async def ask_in_process() -> list[str]:
        transport = httpx.ASGITransport(app)
        headers = {"authorization": "Bearer sandbox-apikley-key"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://inside/apikley", headers=headers
        ) as client:
            body = {"model": "google/imagen4", "input": {"prompt": "a fox"}}
            task_id = (await client.post(CREATE_PATH, json=body)).json()["data"]["taskId"]
            app.state.sandbox.clock.advance(9)
            record = (await client.get(DETAILS_PATH, params={"taskId": task_id})).json()["data"]
            (url,) = json.loads(record["resultJson"])["resultUrls"]
            return [url, (await client.get(url)).headers["content-type"]]

    url, content_type = asyncio.run(ask_in_process())
    assert url.startswith("http://inside/files/apikley/")
    assert content_type == "image/png"


def test_answers_are_not_held_back(kie: Asker) -> None:
    """Nagle's algorithm is off: with it, every answer comes 40 ms late."""
    kie.send("GET", CREDITS_PATH)
    connections = kie.sandbox.state.connections.sockets()
    assert connections
    assert all(wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for wire in connections)


def test_two_hundred_connections_are_served_together(kie: Asker) -> None:
    """All open before the first is used, and each gets its own task."""
    kie.sandbox.configure(limits=False)
    body = b'{"model":"google/imagen4","input":{"prompt":"a fox"}}'
    head = (
        f"POST /kie{CREATE_PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sandbox-kie-key\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    address = ("127.0.0.1", kie.sandbox.port)
    with ExitStack() as stack:
        wires = [stack.enter_context(socket.create_connection(address, 60)) for _ in range(200)]
        for wire in wires:
            wire.sendall(head.encode() + body)
        answers = [b"".join(iter(partial(wire.recv, 65536), b"")) for wire in wires]
    bodies = [json.loads(answer.split(b"\r\n\r\n")[1]) for answer in answers]
    assert len({body["data"]["taskId"] for body in bodies}) == 200


def test_a_bounded_mapping_forgets_the_oldest() -> None:
    """By number and by weight; the newest stays even if it alone is too heavy."""
    kept: BoundedDict[int, bytes] = BoundedDict(3, 10, len)
    for key in range(5):
        kept.put(key, b"xx")
    assert len(kept) == 3
    assert kept.get(1) is None
    kept.put(9, b"x" * 8)
    assert kept.values() == [b"xx", b"x" * 8]
    kept.put(9, b"x" * 20)
    assert kept.values() == [b"x" * 20]


def test_the_journal_is_bounded_in_bytes(http: httpx.Client) -> None:
    """A flood of large requests drops the oldest."""
    with Sandbox(speed=0, max_requests=5) as small:
        for _ in range(8):
            Asker(small, http, "kie").send("GET", CREDITS_PATH)
        assert [entry.number for entry in small.requests] == [4, 5, 6, 7, 8]


def test_time_goes_by_itself_by_a_factor() -> None:
    """And never back."""
    clock = Clock(speed=1e6)
    first = clock.now()
    assert clock.now() > first
    assert clock.real_seconds(5e6) == 5
    assert Clock(speed=0).real_seconds(1) is None
    moments = [clock.now()]
    for speed in (0.0, 1e6, 0.0, 1.0):
        clock.speed = speed
        moments.append(clock.now())
    assert moments == sorted(moments)
    with pytest.raises(ValueError, match="0 seconds up to ten years"):
        clock.advance(-1)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"profile": "imagined"}, "profile must be one of observed, documented"),
        ({"speed": -1}, "speed must be a number"),
        ({"credits": float("nan")}, "credits must be a number"),
        ({"waiting": "2"}, "waiting must be a number"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, object], reason: str) -> None:
    """Before anything is started."""
    with pytest.raises(SettingError, match=reason):
        Sandbox(**settings)


def test_settings_of_the_start_cannot_be_changed_later(sandbox: Sandbox) -> None:
    """An error rather than a change without effect."""
    with pytest.raises(SettingError, match="max_tasks cannot be changed"):
        sandbox.configure(max_tasks=5)


def test_there_are_two_gateways(sandbox: Sandbox) -> None:
    """Another name is refused with theirs."""
    assert sandbox.url("kie") == f"{sandbox.url()}/kie"
    with pytest.raises(SettingError, match="there are kie, apikley"):
        sandbox.url("fal")
