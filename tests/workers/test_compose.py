"""Guards that the commands in the compose file do what it says: pictures, without an account."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from imagen4 import Ledger
from ports import own_port
from postgres import Server
from waiting import until

FILE = Path(__file__).parents[2] / "compose.yaml"


class Here:
    """Runs a service's command on this machine: other addresses, otherwise as it stands."""

    def __init__(self, services: dict[str, Any], database: str, folder: Path) -> None:
        self.services = services
        port = str(own_port())
        self._elsewhere = {
            "postgresql://postgres:imagen4@database/postgres": database,
            "sandbox:8080": f"127.0.0.1:{port}",
            "0.0.0.0": "127.0.0.1",
            "8080": port,
            "/pictures": str(folder / "pictures"),
            "/prompts.txt": str(folder / "prompts.txt"),
        }

    def _moved(self, text: str) -> str:
        for there, here in self._elsewhere.items():
            text = text.replace(there, here)
        return text

    def start(self, name: str, command: str = "") -> "subprocess.Popen[bytes]":
        service = self.services[name]
        program, *arguments = shlex.split(self._moved(command or service["command"]))
        assert program == "imagen4"
        given = {key: self._moved(value) for key, value in service.get("environment", {}).items()}
        return subprocess.Popen(
            [sys.executable, "-m", "imagen4", *arguments], env={**os.environ, **given}
        )


@contextmanager
def ended(processes: list["subprocess.Popen[bytes]"]) -> Iterator[None]:
    try:
        yield
    finally:
        for each in processes:
            each.kill()
            each.wait()


@pytest.mark.slow
@pytest.mark.parametrize("in_a_file", [False, True])
def test_what_the_compose_file_starts_makes_pictures(
    postgres: Server, tmp_path: Path, in_a_file: bool
) -> None:
    """PostgreSQL, a sandbox, as many workers as it says, and the command that fills the queue.

    On one machine the database may as well be a file.
    """
    text = FILE.read_text()
    place = str(tmp_path / "l.db") if in_a_file else postgres.new_place()
    services = yaml.safe_load(text)["services"]
    batch = text[text.index("imagen4 batch") :].splitlines()[0]
    here = Here(services, place, tmp_path)
    (tmp_path / "prompts.txt").write_text("a fox\nan owl\na bear\n")
    workers = services["worker"]["deploy"]["replicas"]
    assert here.start("worker", batch).wait(timeout=60) == 0
    processes = [here.start("sandbox"), *(here.start("worker") for _ in range(workers))]
    with ended(processes), Ledger(place) as ledger:
        until(lambda: [row.state for row in ledger.rows()] == ["saved"] * 3, 180)
        for each in processes[1:]:
            each.terminate()
        grace = int(services["worker"]["stop_grace_period"].rstrip("s"))
        assert [each.wait(timeout=grace) for each in processes[1:]] == [0] * workers
    assert len(list((tmp_path / "pictures").glob("*.png"))) == 3
