"""The client beside those that a user would pick instead, against one stub in one run.

    python scripts/benchmark_peers.py

They are installed into .venvs/peers, in the versions of peers/constraints.txt. Prints one table:
what importing and a cycle cost, how often a create reaches a server that fails it, and how many
polls a wait spends for how early an answer.
"""

from __future__ import annotations

import set_up  # noqa: F401  # first: what follows is not in every Python

# isort: split
import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from resource import RUSAGE_CHILDREN, getrusage
from typing import Any

import httpx

from benchmark import SCRIPTS, stub
from peers.clients import CLIENTS, IMPORTS, TIMEOUT
from peers.drive import LASTING, LIMIT
from peers.environment import PYTHON, set_up_peers
from peers.stub import FAULTS
from peers.table import Found, table

ROUNDS = 9
NOTES = """
import: its CPU beside that of `import httpx` ({httpx_ms:.0f} ms), in one environment.
cycle: CPU of create, poll, poll, result, beside hand-written httpx ({by_hand_ms:.1f} ms).
no answer to 429: POSTs of one create that the server meets with that; time-out {timeout:g} s, and
  what goes on after {limit:g} s is cut off: >= n. A 429 says that no task was made.
polls, late: of its own waiting, by default; the mean of tasks of {lasting} s.
fal-client: its address is https alone, put aside inside it; a result is a fourth request.
google-genai: - as it leaves the loop to its user. It polls by POST.
imagen4: each create has a connection that was never used.
"""


def driven(url: str, what: str, name: str) -> dict[str, Any]:
    """What a process of the client's own measured."""
    command = [str(PYTHON), "-m", "peers.drive", name, what, url]
    path = {**os.environ, "PYTHONPATH": str(SCRIPTS)}
    done = subprocess.run(command, env=path, check=True, stdout=subprocess.PIPE, timeout=LIMIT + 60)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def took(statement: str) -> float:
    """Seconds of CPU: of time, on a busy machine, a long import loses more than a short one."""
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run([PYTHON, "-c", statement], check=True)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def imported() -> dict[str, float]:
    """Seconds beyond a bare interpreter, at their best; in turn, so that all meet the same load."""
    statements = {"": "pass", "httpx": "import httpx", **IMPORTS}
    rounds = [{name: took(each) for name, each in statements.items()} for _ in range(ROUNDS)]
    best = {name: min(each[name] for each in rounds) for name in statements}
    return {name: seconds - best[""] for name, seconds in best.items()}


def one(name: str, ratio: float, cycle: float, told: dict[str, Any], came: dict[str, Any]) -> Found:
    return Found(
        name, told["version"], ratio, cycle,
        posts={fault: came["posts"][f"{name} {fault}"] for fault in FAULTS},
        ended=frozenset(told["ended"]),
        polls=tuple(came["polls"].get(f"{name} {each}", 0) for each in LASTING),
        late=tuple(told["late"]),
    )  # fmt: skip


def main() -> None:
    set_up_peers()
    imports = imported()
    with stub("peers.stub") as url, ThreadPoolExecutor(len(CLIENTS)) as pool:
        cycles = {name: driven(url, "cycle", name) for name in CLIENTS}
        told = dict(zip(CLIENTS, pool.map(partial(driven, url, "behave"), CLIENTS), strict=True))
        came = httpx.get(f"{url}/counts").json()
    ratios = {name: imports[name] / imports["httpx"] for name in CLIENTS}
    found = [one(each, ratios[each], cycles[each]["ratio"], told[each], came) for each in CLIENTS]
    print(table(found))
    notes = NOTES.format(
        httpx_ms=1000 * imports["httpx"], by_hand_ms=cycles["imagen4"]["by_hand_ms"],
        timeout=TIMEOUT, limit=LIMIT, lasting=", ".join(map(str, LASTING)),
    )  # fmt: skip
    print(notes.rstrip())


if __name__ == "__main__":
    main()
