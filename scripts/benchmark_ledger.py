"""What a ledger costs: a create beyond its commits, and 100,000 rows that are all open."""

from __future__ import annotations

import sqlite3
import statistics
import time
from contextlib import closing
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import httpx
from sqlalchemy import insert

from benchmark_cycle import KEY, PROMPT, Row
from imagen4 import Client, Ledger
from imagen4.facts import DEFAULT_GATEWAY, DEFAULT_MODEL
from imagen4.ledger.schema import RowState, creates

if TYPE_CHECKING:
    from collections.abc import Callable

URL = "http://localhost:1"
ROWS = 100_000
ROUNDS, CREATES = 9, 50
COMMITS = 3  # of a create: for its turn, before it is sent, and with its answer


class PolledError(BaseException):
    """The first poll goes out."""


class Stepped:
    """Time that passes while nobody waits, so that each create has its turn."""

    now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def clock(self) -> float:
        return self.now


def cpu_ms(work: Callable[[], object]) -> float:
    before = time.process_time()
    for _ in range(CREATES):
        work()
    return 1000 * (time.process_time() - before) / CREATES


def create_row(folder: Path) -> Row:
    """CPU of the process: what the disk takes for a commit is the same for both."""
    time_, tasks = Stepped(), count()

    def create(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"code": 200, "data": {"taskId": f"task {next(tasks)}"}})

    def submitting(ledger: Ledger | None) -> Callable[[], object]:
        http = httpx.Client(transport=httpx.MockTransport(create))
        client = Client(
            DEFAULT_GATEWAY, api_key=KEY, base_url=URL, http_client=http, ledger=ledger,
            clock=time_.clock, sleep=time_.sleep,
        )  # fmt: skip
        return lambda: client.submit(PROMPT)

    with closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as bare:
        for line in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "CREATE TABLE t(x)"):
            bare.execute(line)

        def commits() -> None:
            for _ in range(COMMITS):
                bare.execute("INSERT INTO t VALUES (?)", (PROMPT,))

        ways = [submitting(Ledger(folder / "creates.db")), submitting(None), commits]
        for way in ways:
            way()
        rounds = [[cpu_ms(way) for way in ways] for _ in range(ROUNDS)]
    beyond = statistics.median(kept - plain - bare for kept, plain, bare in rounds)
    alone = statistics.median(each[2] for each in rounds)
    beside = f"beyond {COMMITS} bare commits ({alone:.2f} ms)"
    return Row("ledger, CPU of a create", f"{beyond:.2f} ms", beside, "<= 3 ms", beyond <= 3)


def filled(path: Path) -> Ledger:
    """A ledger whose creates are all open."""
    ledger = Ledger(path)
    same = {
        "base_url": URL, "number": 1, "total": 1, "gateway": DEFAULT_GATEWAY,
        "model": DEFAULT_MODEL, "fields": {"prompt": PROMPT}, "pictures": 1, "batch": "",
        "state": RowState.CREATED, "attempt": 1, "urls": [], "paths": {},
        "started": "2026-11-30T00:00:00+00:00",
    }  # fmt: skip
    rows = [
        {**same, "key": f"key {n}", "job_id": f"job {n}", "task_id": f"task {n}"}
        for n in range(ROWS)
    ]
    with ledger._store.writing() as connection:
        connection.execute(insert(creates), rows)
    return ledger


def resume_until_poll(ledger: Ledger) -> None:
    """Until the first poll is on its way."""

    def poll(_: httpx.Request) -> httpx.Response:
        raise PolledError

    with (
        httpx.Client(transport=httpx.MockTransport(poll)) as http,
        Client(DEFAULT_GATEWAY, api_key=KEY, base_url=URL, http_client=http) as client,
    ):
        try:
            next(client.resume(ledger, max_in_flight=1))
        except PolledError:
            return
    raise AssertionError("no poll was sent")


def seconds(work: Callable[[], object]) -> float:
    """Of CPU, at its best: everything is in the cache of the disk."""
    times = []
    for _ in range(3):
        before = time.process_time()
        work()
        times.append(time.process_time() - before)
    return min(times)


def rows_rows(folder: Path) -> list[Row]:
    ledger = filled(folder / "rows.db")
    ways: dict[str, Callable[[], object]] = {
        "opened": lambda: Ledger(folder / "rows.db").close(),
        "listed": ledger.rows,
        "open_jobs()": ledger.open_jobs,
        "resumed, to the first poll": lambda: resume_until_poll(ledger),
    }
    with closing(sqlite3.connect(folder / "rows.db")) as bare:
        alone = seconds(lambda: bare.execute("SELECT * FROM creates ORDER BY id").fetchall())
    beside = f"CPU; sqlite3 alone lists in {alone:.2f} s"
    found = {name: seconds(way) for name, way in ways.items()}
    return [
        Row(f"ledger of {ROWS} rows, {name}", f"{took:.2f} s", beside, "<= 1 s", took <= 1)
        for name, took in found.items()
    ]


def ledger_rows() -> list[Row]:
    with TemporaryDirectory() as folder:
        return [create_row(Path(folder)), *rows_rows(Path(folder))]


if __name__ == "__main__":
    print("\n".join(row.text() for row in ledger_rows()))
