"""Guards the invariant against SIGKILL, wherever it falls: nothing is paid twice, no id is lost."""

import json
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from cli import killed
from client.loopback import HANG, Loopback, Received, http
from client.pictures import PNG
from client.play import created, succeeded
from postgres import Server

BOUNDARIES = 60  # a run has fewer
SCRIPT = Path(killed.__file__)


class Counting:
    """A gateway that accepts everything at once, and counts what was asked for."""

    def __init__(self) -> None:
        self.paid: dict[str, list[str]] = defaultdict(list)
        self.server = Loopback(self._reply)

    def _reply(self, received: Received) -> bytes:
        if received.method == "POST":
            if len(received.body) < int(received.headers["content-length"]):
                return HANG  # killed while it sent
            prompt = json.loads(received.body)["input"]["prompt"]
            task_id = f"{prompt.replace(' ', '-')}-{len(self.paid[prompt])}"
            self.paid[prompt].append(task_id)
            return http(200, created(task_id).content)
        task_id = received.path.partition("taskId=")[2]
        if not task_id:
            return http(200, PNG)
        return http(200, succeeded(task_id, f"{self.server.url}/{task_id}.png").content)


def torture(tmp_path: Path, boundaries: int, instants: int, *place: str) -> Counter[str]:
    """How many rows ended in which state, after each was held against the gateway's books."""
    gateway, ended = Counting(), Counter[str]()
    with gateway.server as server:
        arguments = (server.url, tmp_path, str(boundaries), str(instants), *place)
        done = subprocess.run(
            [sys.executable, SCRIPT, *arguments], capture_output=True, text=True, check=True
        )
    lines = [line for line in done.stdout.splitlines() if line.startswith("trial")]
    assert len(lines) == boundaries + instants, done.stderr
    for trial, *rows in map(str.split, lines):
        assert len(rows) == killed.REQUESTS, trial
        known = {row.split(":")[1] for row in rows}
        for number in range(killed.REQUESTS):
            tasks = gateway.paid[f"{trial} {number}"]
            assert len(tasks) <= 1, f"{trial}: paid twice"
            ended["paid, and nobody knows it" if set(tasks) - known else "known or not sent"] += 1
        saved = [row for row in rows if row.startswith("saved:")]
        assert len(list((tmp_path / trial / "out").glob("*.png"))) == len(saved)
        ended.update(row.split(":")[0] for row in rows)
    assert ended.keys() <= {"saved", "uncertain", "paid, and nobody knows it", "known or not sent"}
    # An id that is not known belongs to a row that says so.
    assert ended["paid, and nobody knows it"] <= ended["uncertain"]
    print(dict(ended))
    return ended


def test_sigkill_loses_no_picture_and_pays_none_twice(tmp_path: Path) -> None:
    """At boundaries between steps, and at random moments: a smaller number than below."""
    ended = torture(tmp_path, boundaries=8, instants=2)
    assert ended["saved"] > 0
    assert ended["uncertain"] > 0


@pytest.mark.slow
def test_sigkill_at_every_boundary_and_at_300_instants(tmp_path: Path) -> None:
    """The whole table of outcomes, printed with -s."""
    ended = torture(tmp_path, BOUNDARIES, instants=300)
    assert ended["saved"] > 0
    assert ended["uncertain"] > 0


@pytest.mark.slow
def test_the_same_with_a_ledger_in_postgresql(tmp_path: Path, postgres: Server) -> None:
    """A dead process neither holds a lock nor leaves half a transaction."""
    place = postgres.new_places(BOUNDARIES + 100)
    ended = torture(tmp_path, BOUNDARIES, 100, place)
    assert ended["saved"] > 0
    assert ended["uncertain"] > 0
