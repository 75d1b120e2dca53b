"""One client against the stub, in a process of its own: `python -m peers.drive CLIENT WHAT URL`.

Prints JSON. `cycle`: the CPU of a create-poll-poll-result cycle beside the same by hand.
`behave`: of creates that meet a fault, which ended in time; of tasks, how late each was known.
"""

from __future__ import annotations

import json
import logging
import statistics
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from threading import Thread
from typing import TYPE_CHECKING, Any

import httpx

from benchmark_cycle import CYCLES, by_hand, cpu
from peers.clients import CLIENTS, WITHOUT_WAITING
from peers.stub import FAULTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROUNDS = 7
LASTING = (5.4, 8.9, 12.15, 19.65)  # seconds that a task takes; no whole intervals of anybody
LIMIT = 30.0  # seconds for all of them at once, and for creates that are sent again and again


@dataclass(frozen=True)
class Cycle:
    ratio: float
    by_hand_ms: float


def cycle(name: str, url: str) -> Cycle:
    ways = CLIENTS[name](f"{url}/{name}/cycle", True)
    with httpx.Client() as http:
        rounds = [
            (
                cpu(lambda: ways.wait(ways.create())),
                cpu(lambda: by_hand(http, f"{url}/imagen4/cycle")),
            )
            for _ in range(ROUNDS)
        ]
    hand = 1000 * statistics.median(by for _, by in rounds) / CYCLES
    return Cycle(statistics.median(ours / by for ours, by in rounds), hand)


@dataclass(frozen=True)
class Behaviour:
    version: str
    ended: list[str]  # the faults that it had done with in time
    late: list[float]  # seconds


def behave(
    name: str, url: str, faults: Sequence[str] = FAULTS, lasting: Sequence[float] = LASTING
) -> Behaviour:
    """Everything at once, since most of it is waiting; what has not ended by the limit is left."""
    ended: list[str] = []
    late: list[float] = []

    def meets(fault: str) -> None:
        ways = CLIENTS[name](f"{url}/{name}/{fault}", False)
        with suppress(Exception):  # each has its own
            ways.create()
        ended.append(fault)

    def waits(seconds: float) -> None:
        ways = CLIENTS[name](f"{url}/{name}/{seconds}", False)
        task = ways.create()
        started = time.monotonic()
        ways.wait(task)
        late.append(time.monotonic() - started - seconds)

    threads = [Thread(target=meets, args=[fault], daemon=True) for fault in faults]
    if name not in WITHOUT_WAITING:
        threads += [Thread(target=waits, args=[each], daemon=True) for each in lasting]
    until = time.monotonic() + LIMIT
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    return Behaviour(version(name), ended, late)


if __name__ == "__main__":
    logging.disable()
    client, what, address = sys.argv[1:]
    measures: dict[str, Callable[[str, str], Any]] = {"cycle": cycle, "behave": behave}
    print(json.dumps(asdict(measures[what](client, address))), flush=True)
