"""The failure this prevents: pictures that were paid for, and no word on how to get at them."""

import json
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree

import pytest

from client.loopback import Loopback, Received, http
from client.pictures import PNG
from client.raw_answers import answered


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


def test_links_that_lead_nowhere_are_said_and_the_others_fetched(
    imagen4: Callable,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With none but such, the error names the task."""
    monkeypatch.setenv("KIE_API_KEY", "k" * 20)
    monkeypatch.setattr("imagen4.core.polling.Polling.interval", lambda *_: 0.01)
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
    assert (some.code, some.out) == (0, f"{tmp_path}/t1-1.png\n")
    assert "task t1: 1 of its links lead to no picture" in caplog.text
