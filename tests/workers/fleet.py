"""Processes of the real command, that work through one queue and may be killed at any moment."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imagen4 import Ledger
from imagen4.ledger import Row
from postgres import Server

UNDER_WAY = "SELECT count(*) FROM dbos_{}.workflow_status WHERE status IN ('ENQUEUED', 'PENDING')"


class Fleet:
    """Workers of one queue, and what they print."""

    def __init__(self, folder: Path, place: str, url: str, *options: str) -> None:
        self.folder = folder
        self.place = place
        self._options = ("--output", str(folder / "out"), *options)
        self._environment = {**os.environ, "IMAGEN4_GATEWAY": "kie", "KIE_BASE_URL": url}
        self.workers: list[subprocess.Popen[bytes]] = []
        self.log = folder / "log.txt"

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "imagen4", *arguments, "--database", self.place]

    def enqueue(self, prompts: list[str], *more: str) -> str:
        """What the command says of it."""
        file = self.folder / "prompts.txt"
        file.write_text("\n".join(prompts))
        arguments = self.command("batch", str(file), "--enqueue", *more)
        done = subprocess.run(arguments, env=self._environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stderr

    def start(self, count: int = 1) -> None:
        for _ in range(count):
            with self.log.open("ab") as log:
                arguments = self.command("worker", *self._options)
                self.workers.append(subprocess.Popen(arguments, env=self._environment, stderr=log))

    def kill(self) -> None:
        """The one that has been at work the longest."""
        worker = self.workers.pop(0)
        worker.kill()
        worker.wait()

    def stop(self) -> list[int]:
        """As a supervisor does; the exit codes."""
        for each in self.workers:
            each.send_signal(signal.SIGTERM)
        return [each.wait(timeout=60) for each in self.workers]

    def told(self, words: str) -> int:
        """How many lines say that."""
        return self.log.read_text().count(words) if self.log.exists() else 0

    def rows(self) -> list[Row]:
        with Ledger(self.place) as ledger:
            return ledger.rows()


@contextmanager
def fleet(folder: Path, place: str, url: str, *options: str) -> Iterator[Fleet]:
    """None of its processes outlives the block."""
    made = Fleet(folder, place, url, *options)
    try:
        yield made
    finally:
        for each in made.workers:
            each.kill()
            each.wait()


def under_way(server: Server, place: str) -> int:
    """Orders that have not ended."""
    schema = place.rpartition("%3D")[2]
    return int(server.do(UNDER_WAY.format(schema))[0][0])


def table(rows: list[Row], **figures: object) -> str:
    """What came of a run, for whoever reads the test's output."""
    ended = Counter(row.state for row in rows)
    lines = [f"{name:32} {value}" for name, value in {**figures, **ended}.items()]
    return "\n".join(lines)
