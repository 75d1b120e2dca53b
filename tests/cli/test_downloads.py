"""The failure this prevents: pictures that were paid for, and no word on how to get at them."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from shutil import rmtree

import pytest

from client.loopback import Loopback, Received, http
from client.pictures import PNG
from client.raw_answers import answered
from imagen4 import Client, Polling
from waiting import until

PATIENCE = 28.0  # seconds; after 30 a download gives up a stalled host by itself


def test_a_directory_that_goes_bad_leaves_a_command_to_resume(
    imagen4: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With the exit code of downloads, and one line that names the place."""
    monkeypatch.setenv("KIE_API_KEY", "k" * 20)
    out = tmp_path / "out"

    def reply(received: Received) -> bytes:
        if "recordInfo" not in received.path:
            rmtree(out)
            out.write_text("in the way")
            return http(200, PNG)
        links = f'{{"resultUrls": ["{server.url}/1.png"]}}'
        return answered({"taskId": "t1", "state": "success", "resultJson": links})

    with Loopback(reply) as server:
        done = imagen4("fetch", "t1", "-g", "kie", "--base-url", server.url, "-o", str(out))
        assert done.code == 9
        assert f"The picture cannot be written to '{out}/t1-1.png': Not a directory" in done.err
        assert (
            f"imagen4 fetch --gateway kie --base-url {server.url} --output {out} -- t1" in done.err
        )


def test_a_resumed_picture_that_is_not_saved_has_its_link_printed(
    imagen4: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As by `generate` and `fetch`: it may be one of a kind that only browsers know."""
    monkeypatch.setenv("KIE_API_KEY", "k" * 20)
    strange = http(200, b"\0" * 99, "Content-Type: image/jxl\r\n")

    def reply(received: Received) -> bytes:
        if received.method == "POST":
            return answered({"taskId": "t1"})
        links = f'{{"resultUrls": ["{server.url}/1.jxl"]}}'
        record = {"taskId": "t1", "state": "success", "resultJson": links}
        return answered(record) if "recordInfo" in received.path else strange

    with Loopback(reply) as server:
        at = ("-g", "kie", "--base-url", server.url, "--ledger", str(tmp_path / "l.db"))
        told = [
            imagen4(*each, *at, "-o", str(tmp_path)) for each in (["generate", "x"], ["resume"])
        ]
    assert [(done.code, done.out) for done in told] == [(9, f"{server.url}/1.jxl\n")] * 2


def test_links_that_lead_nowhere_are_said_and_the_others_fetched(
    imagen4: Callable,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With none but such, the error names the task."""
    monkeypatch.setenv("KIE_API_KEY", "k" * 20)
    monkeypatch.setattr("imagen4.core.polling.Polling.interval", lambda *_: 0.01)
    monkeypatch.setattr(
        "imagen4.cli.asking.Client", partial(Client, polling=Polling(tolerance=0.05))
    )
    links = ["javascript:alert(1)"]

    def reply(received: Received) -> bytes:
        if "recordInfo" not in received.path:
            return http(200, PNG)
        result = json.dumps({"resultUrls": links})
        return answered({"taskId": "t1", "state": "success", "resultJson": result})

    with Loopback(reply) as server:
        place = ("-g", "kie", "--base-url", server.url)
        none = imagen4("wait", "t1", *place)
        links.append(f"{server.url}/1.png")
        some = imagen4("fetch", "t1", *place, "-o", str(tmp_path))
    assert (none.code, "none of its links leads anywhere" in none.err) == (1, True)
    assert "t1" in none.err
    assert "Tasks may go on" not in none.err
    assert (some.code, some.out) == (0, f"{tmp_path}/t1-1.png\n")
    assert "task t1: 1 of its links lead to no picture" in caplog.text


def test_a_ctrl_c_during_a_stalled_download_ends_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Soon, with the command that resumes; no picture is there by half.

    A thread that is not done by then leaves its temporary file to the next run.
    """
    monkeypatch.setenv("KIE_API_KEY", "k" * 20)

    def reply(received: Received) -> bytes:
        if "recordInfo" not in received.path:
            return http(200, PNG[:5000], length=len(PNG))
        links = json.dumps({"resultUrls": [f"{server.url}/{number}.png" for number in range(3)]})
        return answered({"taskId": "t1", "state": "success", "resultJson": links})

    with Loopback(reply) as server:
        place = ("-g", "kie", "--base-url", server.url, "-o", str(tmp_path))
        command = [sys.executable, "-m", "imagen4", "fetch", "t1", *place]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            try:
                until(lambda: len(server.requests) == 4)
                process.send_signal(signal.SIGINT)
                _, said = process.communicate(timeout=PATIENCE)
            finally:
                process.kill()
    assert process.returncode == 130
    assert f"imagen4 fetch --gateway kie --base-url {server.url}" in said
    assert [path for path in tmp_path.iterdir() if path.suffix != ".part"] == []


def test_half_a_picture_is_an_error_with_a_command_to_resume(
    imagen4: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Although the host says that it is all of it."""
    monkeypatch.setenv("KIE_API_KEY", "k" * 20)
    monkeypatch.setattr("imagen4.downloads.transfer.ATTEMPTS", 1)

    def reply(received: Received) -> bytes:
        if "recordInfo" not in received.path:
            return http(200, PNG[:5000])
        links = json.dumps({"resultUrls": [f"{server.url}/1.png"]})
        return answered({"taskId": "t1", "state": "success", "resultJson": links})

    with Loopback(reply) as server:
        place = ("-g", "kie", "--base-url", server.url)
        done = imagen4("fetch", "t1", *place, "-o", str(tmp_path))
    assert done.code == 9
    assert "the picture is not complete" in done.err
    assert "imagen4 fetch --gateway kie" in done.err
    assert list(tmp_path.iterdir()) == []
