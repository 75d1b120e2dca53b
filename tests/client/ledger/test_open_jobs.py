"""Guards what a ledger hands out of requests that are not finished."""

import sqlite3
from contextlib import closing
from pathlib import Path

import httpx

from client.play import QUICK, Script, created, play, succeeded, task_id_of
from imagen4 import Ledger, Request


def changed(path: Path, *statements: str) -> None:
    """What other programs did to the ledger."""
    with closing(sqlite3.connect(path)) as other, other:
        for statement in statements:
            other.execute(statement)


def test_each_request_is_one_job_with_all_its_creates(tmp_path: Path) -> None:
    """Also with those that have ended."""
    ledger = Ledger(tmp_path / "l.db")
    creates = [created("t1"), created("t2"), created("t3"), httpx.ReadTimeout("late")]
    requests = [Request("a", 3, tag="a"), "b"]
    play(
        "sync",
        Script(creates=creates),
        lambda c: c.generate_many(requests, ledger=ledger, max_in_flight=1, timeout=0),
    )
    changed(tmp_path / "l.db", "UPDATE creates SET state = 'saved' WHERE task_id = 't1'")
    jobs = ledger.open_jobs()
    assert [job.task_ids for job in jobs] == [("t1", "t2", "t3"), ()]
    assert [len(job.uncertain) for job in jobs] == [0, 1]
    assert (len(jobs), jobs[0].tag, [job.tag for job in jobs[1:]]) == (2, "a", [None])
    assert repr(jobs) == "<2 open jobs>"


def test_more_jobs_than_are_read_at_a_time_are_all_resumed_in_order(tmp_path: Path) -> None:
    """What another process has finished meanwhile is not asked for again."""
    ledger, path = Ledger(tmp_path / "l.db"), tmp_path / "l.db"
    play("sync", Script(creates=[created("t")]), lambda c: c.submit("a"), ledger=ledger)
    further = "UPDATE copy SET id = id + 1, key = 'k' || id, task_id = 't' || id"
    copy, enter = "CREATE TEMP TABLE copy AS SELECT * FROM creates", "INSERT INTO creates SELECT *"
    changed(path, copy, *[further, f"{enter} FROM copy"] * 101)
    ended = "UPDATE creates SET state = 'saved', urls = '[\"http://x/1.png\"]' WHERE id = 102"

    def poll(request: httpx.Request) -> httpx.Response:
        changed(path, ended)
        return succeeded(task_id_of(request))

    script = Script(polls=[poll])
    done = play("sync", script, lambda c: c.resume(ledger, max_in_flight=1), polling=QUICK)
    names = ["t", *(f"t{n}" for n in range(1, 102))]
    assert [each.get().task_ids for each in done] == [(name,) for name in names]
    assert [task_id_of(request) for request in script.requests] == names[:-1]
