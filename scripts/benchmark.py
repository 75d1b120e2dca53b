"""The client's speed beside the alternatives, as ratios taken in one run.

    python scripts/benchmark.py

Prints one table: what it costs over hand-written httpx, what importing it costs, what 10,000
tasks in flight cost, what a ledger costs, and how many polls its pace spends for how early an
answer. The server is a bare stub in a process of its own (benchmark_stub.py), so that only the
client's work is counted.
"""

from __future__ import annotations

import set_up  # noqa: F401  # first: what follows is not in every Python

# isort: split
import asyncio
import math
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from benchmark_cycle import KEY, PROMPT, Row, cycle_rows
from benchmark_ledger import ledger_rows
from benchmark_pace import all_pace_rows
from imagen4 import AsyncClient, Polling
from imagen4.events import Event, TaskState
from imagen4.facts import DEFAULT_GATEWAY

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPTS = Path(__file__).parent
SANDBOX = """
import http.client
from imagen4.sandbox import Sandbox
with Sandbox() as sandbox:
    wire = http.client.HTTPConnection("127.0.0.1", sandbox.port)
    wire.request("GET", "/kie/api/v1/chat/credit")
    assert wire.getresponse().status == 200
    wire.close()
"""
IN_FLIGHT = 10_000
# Seconds between two polls of a task. The first polls of all take about ten, on a busy machine
# thirty, and then nothing is sent before the first of them is asked for again.
APART = (45.0, 50.0)
IDLE = 4.0  # of them, of watching tasks that only wait


@contextmanager
def stub(module: str = "benchmark_stub") -> Iterator[str]:
    """The stub's base URL, while it runs."""
    command = [sys.executable, "-m", module]
    with subprocess.Popen(command, cwd=SCRIPTS, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield next(iter(process.stdout or ())).strip()
        finally:
            process.terminate()


# The tests' environment has trio, which httpx then loads for longer than all else together. Whoever
# installs the client has none, and only without it do the two compare.
AS_INSTALLED = "import sys; sys.modules['trio'] = None"


def wall(*arguments: str) -> float:
    """Seconds that a fresh interpreter takes, at its best."""
    command = [sys.executable, *arguments]
    times = []
    for _ in range(9):
        before = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - before)
    return min(times)


def import_rows() -> list[Row]:
    nothing = wall("-c", "pass")
    httpx_alone = wall("-c", "import httpx") - nothing
    beside = f"import httpx ({1000 * httpx_alone:.0f} ms)"
    commands = {
        "import imagen4": ("-c", "import imagen4"),
        "imagen4 --help": ("-m", "imagen4", "--help"),
    }
    ratios = {name: (wall(*each) - nothing) / httpx_alone for name, each in commands.items()}
    rows = [
        Row(name, f"{ratio:.2f} x", beside, "<= 1.30 x", ratio <= 1.3)
        for name, ratio in ratios.items()
    ]
    ready = "import imagen4; imagen4.Client('kie', api_key='k')"
    by_hand_ready = wall("-c", f"{AS_INSTALLED}; import httpx; httpx.Client()") - nothing
    ratio = (wall("-c", f"{AS_INSTALLED}; {ready}") - nothing) / by_hand_ready
    by_hand = "import and httpx.Client()"
    rows.append(
        Row("import and Client('kie')", f"{ratio:.2f} x", by_hand, "<= 1.25 x", ratio <= 1.25)
    )
    # Started in every test session: first answer in half a second, about four imports of httpx.
    ratio = (wall("-c", SANDBOX) - nothing) / httpx_alone
    return [*rows, Row("sandbox, first answer", f"{ratio:.2f} x", beside, "<= 4 x", ratio <= 4)]


def resident() -> int:
    """Bytes of this process's memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def watch(url: str, waiting: asyncio.Event, polls: list[int], seen: dict[str, float]) -> None:
    """Once all tasks wait for their second poll: measure memory, and CPU while they only wait."""
    await waiting.wait()
    seen["memory"], polled = resident(), polls[0]
    started, before = time.perf_counter(), time.process_time()
    await asyncio.sleep(IDLE)
    seen["load"] = (time.process_time() - before) / (time.perf_counter() - started)
    seen["polled"] = polls[0] - polled
    async with httpx.AsyncClient() as http:
        await http.get(f"{url}/ready")


async def many(url: str) -> dict[str, float]:
    """10,000 tasks in flight in one process: created at once, polled, and polled at their end.

    All that is resident counts: the prompts, and what creates and polls left behind.
    """
    waiting, polls = asyncio.Event(), [0]
    polling = Polling(pace=((math.inf, *APART),), paced=False, timeout=300)

    def on_event(event: Event) -> None:
        polls[0] += isinstance(event, TaskState)
        if polls[0] == IN_FLIGHT:
            waiting.set()

    async with AsyncClient(
        DEFAULT_GATEWAY, api_key=KEY, base_url=url, polling=Polling.immediate()
    ) as warm:
        await warm.generate(PROMPT)
    async with AsyncClient(
        DEFAULT_GATEWAY, api_key=KEY, base_url=f"{url}/slow", polling=polling
    ) as client:
        seen: dict[str, float] = {"before": resident()}
        watcher = asyncio.create_task(watch(url, waiting, polls, seen))
        prompts = (f"{PROMPT} {index}" for index in range(IN_FLIGHT))
        results = client.generate_many(prompts, max_in_flight=IN_FLIGHT, on_event=on_event)
        seen["errors"] = float(sum([bool(each.error) async for each in results]))
        await watcher
    return seen


def many_rows(url: str) -> list[Row]:
    began = time.perf_counter()
    seen = asyncio.run(many(url))
    each = (seen["memory"] - seen["before"]) / IN_FLIGHT / 1024
    idle, errors = 100 * seen["load"], int(seen["errors"])
    what, took = f"memory of a task, {IN_FLIGHT} in flight", time.perf_counter() - began
    waited = idle <= 3 and not seen["polled"]
    meanwhile = f"of one core; {seen['polled']:.0f} polls meanwhile"
    return [
        Row(what, f"{each:.1f} KB", f"resident; {took:.0f} s in all", "<= 10 KB", each <= 10),
        Row("  errors among them", str(errors), "", "0", errors == 0),
        Row("  CPU while they only wait", f"{idle:.1f} %", meanwhile, "<= 3 %", waited),
    ]


def main() -> None:
    with stub() as url:
        rows = [*cycle_rows(url), *import_rows(), *many_rows(url), *ledger_rows()]
    print("\n".join(row.text() for row in [*rows, *all_pace_rows()]))


if __name__ == "__main__":
    main()
