"""The failure this prevents: pictures that were paid for, and no word on how to get at them."""

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
