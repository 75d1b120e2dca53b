"""`imagen4 batch`, killed and run again, many times over.

    killed.py URL FOLDER BOUNDARIES INSTANTS [PLACE]

Each of its trials has a folder of its own, and its ledger there, or at PLACE, where `{}` is the
trial's number. First the program is killed: at the boundary of that
number for the first BOUNDARIES trials, then at INSTANTS random moments. It is then run again to
its end. Prints a line for each trial: the folder, and the state of each row.

Everything is imported once and each program is a fork, so that a trial takes milliseconds.
"""

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from imagen4 import Image, Ledger
from imagen4.cli import batch
from imagen4.ledger.recorder import Recorder
from imagen4.ledger.turns import LedgerTurns
from imagen4.wire.transport import SyncWire
from imagen4_generated.kie.api.default import create_task, get_task

__all__ = ["create_task", "get_task"]  # imported once, as all that a program uses

REQUESTS = 2


def program(url: str, folder: Path, place: str) -> None:
    """What is killed."""
    file = folder / "prompts.txt"
    file.write_text("".join(f"{folder.name} {number}\n" for number in range(REQUESTS)))
    where = ["--gateway", "kie", "--base-url", url, "--output", str(folder / "out")]
    where += ["--ledger", place]
    os.environ["KIE_API_KEY"] = "k"
    batch.command.main([str(file), *where], standalone_mode=False)


def die_at(boundary: int) -> None:
    """Before and after whatever is sent, fetched, written down, or saved."""
    passed = count()

    def reach() -> None:
        if next(passed) == boundary:
            os.kill(os.getpid(), signal.SIGKILL)

    def between(work: Callable[..., Any]) -> Callable[..., Any]:
        def worked(*arguments: Any, **more: Any) -> Any:
            reach()
            value = work(*arguments, **more)
            reach()
            return value

        return worked

    told = ((Recorder, "__call__"), (LedgerTurns, "reserve"))
    for owner, name in (*told, (SyncWire, "send"), (SyncWire, "fetch")):
        setattr(owner, name, between(getattr(owner, name)))
    Image._save = between(Image._save)  # type: ignore[method-assign]


def forked(work: Callable[[], object], die_after: float | None = None) -> None:
    """Run it in a process of its own, to its end or to the given moment."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    if die_after is not None:
        time.sleep(die_after)
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def trial(url: str, folder: Path, place: str, boundary: int | None, moment: float | None) -> None:
    def killed() -> None:
        if boundary is not None:
            die_at(boundary)
        program(url, folder, place)

    folder.mkdir()
    forked(killed, moment)
    forked(lambda: program(url, folder, place))
    with Ledger(place) as ledger:
        states = [f"{row.state}:{row.task_id}" for row in ledger.rows()]
    print(folder.name, *states, flush=True)


def seconds_of_a_run(url: str, folder: Path) -> float:
    """How long one takes that nobody kills, on this machine as busy as it is."""
    folder.mkdir()
    began = time.monotonic()
    forked(lambda: program(url, folder, str(folder / "out/ledger.db")))
    return time.monotonic() - began


def main(url: str, folder: str, boundaries: int, instants: int, place: str = "") -> None:
    moments, longest = random.Random(15), seconds_of_a_run(url, Path(folder) / "whole")
    for number in range(boundaries + instants):
        boundary = number if number < boundaries else None
        moment = moments.uniform(0, longest) if boundary is None else None
        own = Path(folder) / f"trial{number}"
        ledger = place.format(number) or str(own / "out/ledger.db")
        trial(url, own, ledger, boundary, moment)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), *sys.argv[5:])
