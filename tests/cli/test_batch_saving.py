"""Guards that a batch saves pictures while it waits for others, and leaves none behind."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from cli.test_batch import written
from client.loopback import HANG, Loopback, Received, http
from client.pictures import PNG
from client.play import created, succeeded
from imagen4 import Ledger

PATIENCE = 60.0


class Gateway:
    """Each task ends at once; `host` says what is answered when a picture is asked for."""

    def __init__(self, host: Callable[[str], bytes]) -> None:
        self._host = host
        self.server = Loopback(self._reply)

    def _reply(self, received: Received) -> bytes:
        if received.method == "POST":
            return http(200, created(f"t{len(self.server.paths('POST'))}").content)
        task_id = received.path.partition("taskId=")[2]
        if task_id:
            return http(200, succeeded(task_id, f"{self.server.url}/{task_id}.png").content)
        return self._host(received.path)


@pytest.fixture
def arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two lines."""
    monkeypatch.setenv("KIE_API_KEY", "k")
    return ["batch", written(tmp_path, "a fox\nan owl\n"), "-g", "kie", "-o", str(tmp_path / "out")]


def test_one_pictures_host_does_not_hold_up_the_others(
    imagen4: Callable, arguments: list[str], tmp_path: Path
) -> None:
    """Each picture is sent once the other one is asked for, too."""
    both = threading.Barrier(2)

    def host(_: str) -> bytes:
        with suppress(threading.BrokenBarrierError):
            both.wait(PATIENCE)
        return http(200, PNG)

    with Gateway(host).server as server:
        done = imagen4(*arguments, "--base-url", server.url)
    assert (done.code, both.broken) == (0, False), done.err
    assert len(list((tmp_path / "out").glob("*.png"))) == 2


def test_ctrl_c_leaves_no_picture_behind(
    imagen4: Callable, arguments: list[str], tmp_path: Path
) -> None:
    """Neither of those that are being saved; the same command has them."""
    asked, stalled, both = set[str](), [True], threading.Event()

    def host(path: str) -> bytes:
        asked.add(path)
        if len(asked) == 2:
            both.set()
        return HANG if stalled else http(200, PNG)

    with Gateway(host).server as server:
        line = [*arguments, "--base-url", server.url]
        with subprocess.Popen(
            [sys.executable, "-m", "imagen4", *line], stderr=subprocess.PIPE
        ) as running:
            assert both.wait(PATIENCE)
            os.kill(running.pid, signal.SIGINT)
            _, said = running.communicate(timeout=PATIENCE)
        assert running.returncode == 130, said
        assert b"The same command continues" in said
        stalled.clear()
        assert imagen4(*line).code == 0
        assert len(server.paths("POST")) == 2
    with Ledger(tmp_path / "out/ledger.db") as ledger:
        assert [row.state for row in ledger.rows()] == ["saved", "saved"]
    assert len(list((tmp_path / "out").glob("*.png"))) == 2
