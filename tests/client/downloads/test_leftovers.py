"""Guards against temporary files that pile up, or are taken from a process that still runs."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from client.loopback import Loopback, Received, http
from client.pictures import PNG, fetched, saved_to
from client.play import KINDS
from client.raw_answers import answered
from waiting import until

PROGRAM = """
import sys, imagen4
client = imagen4.Client("kie", api_key="k" * 20, base_url=sys.argv[1])
client.job("t1").wait().save(sys.argv[2])
"""


def stalled(received: Received, url: str) -> bytes:
    """A gateway whose one picture stops half-way."""
    if "recordInfo" not in received.path:
        return http(200, PNG[:5000], length=len(PNG))
    links = f'{{"resultUrls": ["{url}/1.png"]}}'
    return answered({"taskId": "t1", "state": "success", "resultJson": links})


@contextmanager
def another_process(directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    """One that is fetching a picture when this one goes on."""
    with Loopback(lambda received: stalled(received, server.url)) as server:
        command = [sys.executable, "-c", PROGRAM, server.url, str(directory)]
        process = subprocess.Popen(command)
        try:
            until(lambda: len(server.requests) == 2)  # by then its file is locked, too
            yield process
        finally:
            process.kill()
            process.wait()


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_killed_process_left_is_removed_but_nothing_of_one_that_runs(
    kind: str, tmp_path: Path
) -> None:
    """By the next picture that is saved into the directory, whichever task it is of."""
    (tmp_path / ".mine-1.part").write_text("not one of ours")
    with another_process(tmp_path) as process:
        (part,) = tmp_path.glob(".t1-1-*.part")
        fetched(kind, lambda _: http(200, PNG), saved_to(tmp_path))
        assert part.exists()
        process.kill()
        process.wait()
        assert part.exists()
        fetched(kind, lambda _: http(200, PNG), saved_to(tmp_path))
    assert sorted(each.name for each in tmp_path.iterdir()) == [".mine-1.part", "t1-1.png"]
