"""Guards against a host that says nothing more, and holds up whoever wants to leave."""

import asyncio
import socket
import subprocess
import sys
from _thread import interrupt_main, start_new_thread
from collections.abc import Callable
from pathlib import Path
from threading import Event
from time import monotonic
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from client.booked import ctrl_c_works
from client.loopback import Loopback, Received, http
from client.pictures import PNG
from client.play import KEY, QUICK, Stop, Time, play, succeeded
from imagen4 import AsyncClient, Client, DownloadError
from imagen4.wire import driving, fetching
from waiting import until

STALLED = http(200, PNG[:5000], length=len(PNG))
BUSY = http(503)
LONGEST = 30.0  # seconds; a host is waited for twice as long


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What ends is ended by whoever leaves, not by a time-out."""
    time_outs = httpx.Timeout(2 * LONGEST).as_dict()
    monkeypatch.setattr(fetching, "TIME_OUTS", time_outs)
    monkeypatch.setattr(fetching, "LONGEST_HEADERS", 2 * LONGEST)


def gateway_with(server: Loopback, picture: bytes) -> Callable[[Received], bytes]:
    """Three pictures that are ready, on the host that the gateway is."""

    def reply(received: Received) -> bytes:
        if "recordInfo" not in received.path:
            return picture
        return http(200, succeeded("t1", *(f"{server.url}/{n}.png" for n in range(3))).content)

    return reply


def asked(server: Loopback) -> bool:
    return len(server.paths()) >= 4  # one poll, three pictures


@pytest.mark.parametrize("picture", [STALLED, BUSY], ids=["stalled", "pausing"])
def test_a_ctrl_c_is_not_held_up_by_a_host(
    picture: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is stalled, or between two attempts; nothing is left behind."""
    began = []

    def interrupted(*_: object) -> None:
        until(lambda: asked(server))
        began.append(monotonic())
        raise Stop

    with Loopback(lambda _: b"") as server:
        server.reply = gateway_with(server, picture)
        with Client("kie", api_key=KEY, base_url=server.url, polling=QUICK) as client:
            result = client.job("t1").wait()
            monkeypatch.setattr(driving.Workers, "done", interrupted)
            with pytest.raises(Stop):
                result.save(tmp_path)
        assert monotonic() - began[0] < LONGEST
        assert list(tmp_path.iterdir()) == []


def test_a_download_that_hangs_in_its_connection_is_left_without_a_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its thread cannot be told; its temporary file goes all the same."""
    began, connected = list[float](), list[socket.socket]()

    def interrupted(*_: object) -> None:
        connected.extend(silent.accept()[0] for _ in range(3))
        assert len(list(tmp_path.iterdir())) == 3
        began.append(monotonic())
        raise Stop

    def reply(_: Received) -> bytes:
        host = f"https://127.0.0.1:{silent.getsockname()[1]}"
        return http(200, succeeded("t1", *(f"{host}/{n}.png" for n in range(3))).content)

    with socket.create_server(("127.0.0.1", 0)) as silent, Loopback(reply) as server:
        with Client("kie", api_key=KEY, base_url=server.url, polling=QUICK) as client:
            result = client.job("t1").wait()
            monkeypatch.setattr(driving.Workers, "done", interrupted)
            with pytest.raises(Stop):
                result.save(tmp_path)
        assert monotonic() - began[0] < LONGEST
        assert list(tmp_path.iterdir()) == []
        for each in connected:
            each.close()


def test_a_download_that_is_stopped_before_its_handshake_leaves_no_connection_open() -> None:
    """The host sees at once that nobody wants anything of it."""
    looks = iter([None, DownloadError("The download was stopped")])

    def check_stop() -> None:
        if problem := next(looks):
            raise problem

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        download: Any = SimpleNamespace(url=url, headers=dict, check_stop=check_stop)
        with pytest.raises(DownloadError, match="stopped"):
            fetching.fetch(download, None)
        with silent.accept()[0] as connected:
            connected.settimeout(LONGEST)
            assert connected.recv(1) == b""


def test_a_ctrl_c_that_wakes_nobody_is_noticed(tmp_path: Path) -> None:
    """One that comes just before the main thread blocks, or on another thread, as here."""
    began = []

    def press() -> None:
        until(lambda: asked(server))
        Event().wait(0.1)
        began.append(monotonic())
        interrupt_main()

    with ctrl_c_works(), Loopback(lambda _: b"") as server:
        server.reply = gateway_with(server, STALLED)
        with Client("kie", api_key=KEY, base_url=server.url, polling=QUICK) as client:
            result = client.job("t1").wait()
            start_new_thread(press, ())
            with pytest.raises(KeyboardInterrupt):
                result.save(tmp_path)
        assert monotonic() - began[0] < LONGEST
        assert list(tmp_path.iterdir()) == []


def test_a_cancellation_is_not_held_up_by_a_host(tmp_path: Path) -> None:
    """The same with asyncio."""

    async def main() -> float:
        async with AsyncClient("kie", api_key=KEY, base_url=server.url, polling=QUICK) as client:
            saving = asyncio.create_task((await client.job("t1").wait()).save(tmp_path))
            await asyncio.to_thread(until, lambda: asked(server))
            began = monotonic()
            saving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await saving
            return monotonic() - began

    with Loopback(lambda _: b"") as server:
        server.reply = gateway_with(server, STALLED)
        assert asyncio.run(main()) < LONGEST
        assert list(tmp_path.iterdir()) == []


PROGRAM = """
import os, sys, imagen4
class Keeper:
    def __init__(self, save, *arguments):
        self.save, self.arguments, self.write = save, arguments, os.write
    def __del__(self):
        try:
            self.write(1, f"saved {self.save(*self.arguments)}".encode())
        except Exception as error:
            self.write(1, f"{type(error).__name__}: {error}".encode())
result = imagen4.Client("kie", api_key="k" * 20, base_url=sys.argv[1]).job("t1").wait()
keeper = Keeper(result.save if sys.argv[3] == "all" else result.images[0].save, sys.argv[2])
"""


@pytest.mark.parametrize("which", ["all", "one"])
def test_saving_at_the_very_end_of_a_program_does_not_hang(which: str, tmp_path: Path) -> None:
    """No thread begins there any more, and nothing is imported: that is said."""
    with Loopback(lambda _: b"") as server:
        server.reply = gateway_with(server, http(200, PNG))
        command = [sys.executable, "-c", PROGRAM, server.url, str(tmp_path), which]
        done = subprocess.run(command, timeout=60, capture_output=True, text=True, check=True)
    said = "DownloadError: The picture cannot be fetched: Python is shutting down"
    assert done.stdout.startswith(said)
    assert list(tmp_path.iterdir()) == []


FIRST_CALL = """
import os, sys, imagen4
class Keeper:
    def __init__(self, call, *arguments):
        self.call, self.arguments, self.write = call, arguments, os.write
    def __del__(self):
        try:
            self.call(*self.arguments)
        except Exception as error:
            self.write(1, f"{type(error).__name__}: {error}".encode())
client = imagen4.Client("kie", api_key="k" * 20, base_url=sys.argv[1])
keeper = Keeper(client.generate, "a fox")
"""


def test_a_first_call_at_the_very_end_of_a_program_says_that_it_is_too_late() -> None:
    """What would serve it cannot be loaded any more; nothing is sent, and so nothing is paid."""
    with Loopback(lambda _: b"") as server:
        command = [sys.executable, "-c", FIRST_CALL, server.url]
        done = subprocess.run(command, timeout=60, capture_output=True, text=True, check=True)
    said = "TransportError: Nothing was sent: Python is shutting down, too late for a first call"
    assert (done.stdout, done.stderr, server.requests) == (said, "", [])


def test_pauses_between_attempts_are_slept_a_little_at_a_time(tmp_path: Path) -> None:
    """Whoever waits for several downloads may want to leave meanwhile."""
    time, answers = Time(), [BUSY, http(200, PNG)]
    with Loopback(lambda _: b"") as server:
        task = http(200, succeeded("t1", f"{server.url}/1.png").content)
        server.reply = lambda each: task if "recordInfo" in each.path else answers.pop(0)
        play(
            "sync",
            None,
            lambda c: c.job("t1").wait().save(tmp_path),
            base_url=server.url,
            time=time,
        )
    assert time.sleeps == [0.2, 0.2, 0.1]
