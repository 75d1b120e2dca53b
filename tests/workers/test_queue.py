"""Guards how requests come into the queue, and what the command says when it cannot work."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import Run
from imagen4 import Ledger, Request, Task
from imagen4.sandbox import Sandbox
from imagen4.workers.orders import Order
from imagen4.workers.workflow import fulfil
from workers.conftest import MakeDesk
from workers.engines import KeptEngine, ordered

pytestmark = pytest.mark.slow  # DBOS takes a second to be imported


def asked(path: Path, question: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as other:
        return other.execute(question).fetchall()


def test_what_is_in_the_queue_already_stays_there(ledger: Ledger, tmp_path: Path) -> None:
    """And what has ended begins anew: it takes up what the ledger knows."""
    from imagen4.workers import enqueue

    orders = [Order(Request("a fox", tag=f"fox {number}"), ("fox",)) for number in range(3)]
    assert enqueue(ledger, "kie", orders[:2]) == 2
    assert enqueue(ledger, "kie", orders) == 1
    with closing(sqlite3.connect(tmp_path / "l.db")) as other, other:
        other.execute("UPDATE workflow_status SET status = 'SUCCESS'")
    assert enqueue(ledger, "kie", orders) == 3
    states = asked(tmp_path / "l.db", "SELECT status, queue_name FROM workflow_status")
    assert states == [("ENQUEUED", "imagen4-kie")] * 3


def test_a_callback_in_any_process_wakes_the_one_that_waits(
    make_desk: MakeDesk, ledger: Ledger, sandbox: Sandbox, tmp_path: Path
) -> None:
    """By the token in its URL; and a create that had no answer has its task."""
    from imagen4.workers import enqueue, wake

    sandbox.fault("reset", operation="createTask")
    order = ordered("a fox", callback_url="http://127.0.0.1:9/done")
    assert fulfil(make_desk(), KeptEngine(), order)[0] == "uncertain"
    enqueue(ledger, "kie", [Order.from_json(order)])
    told = sandbox.requests[0].body["callBackUrl"]
    wake(ledger, Task("t1", "success", "kie", "google/imagen4"), told)
    wake(ledger, Task("t2", "success", "kie", "google/imagen4"), "imagen4-token=not-one-of-ours")
    assert [(row.state, row.task_id) for row in ledger.rows()] == [("created", "t1")]
    messages = asked(tmp_path / "l.db", "SELECT destination_uuid, topic FROM notifications")
    assert messages == [("kie tag a-fox", "callback")]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--account", "NO_SUCH_KEY"), "--account: the environment has no NO_SUCH_KEY"),
        (("--account", "SPLIT_KEY"), "--account: the key in SPLIT_KEY must consist of printable"),
        (("--output", "/dev/null/x"), "--output: The picture cannot be written to '/dev/null/x'"),
        (("--output", "s3://b/f"), "--output: s3:// needs more: Install s3fs to access S3"),
        (("--database", "postgresql://127.0.0.1:1/x"), "cannot be opened: connection failed"),
    ],
)
def test_a_worker_that_cannot_work_says_why_in_one_line(
    imagen4: Callable[..., Run], sandbox: Sandbox, tmp_path: Path, options: str, words: str
) -> None:
    """Before it takes anything off the queue; exit code 2."""
    book = ("--database", str(tmp_path / "l.db"), "--output", str(tmp_path / "out"))
    done = imagen4("worker", "--gateway", "kie", *book, *options)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert words in done.err


def test_space_around_a_variable_is_no_part_of_the_ledgers_name(
    imagen4: Callable[..., Run], sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files that variables are read from leave a line end; the queue is in that ledger."""
    monkeypatch.setenv("IMAGEN4_LEDGER", f"{tmp_path}/l.db\r\n")
    (tmp_path / "prompts.txt").write_text("a fox")
    done = imagen4("batch", str(tmp_path / "prompts.txt"), "--enqueue", "--gateway", "kie")
    assert done.code == 0, done.err
    assert asked(tmp_path / "l.db", "SELECT queue_name FROM workflow_status") == [("imagen4-kie",)]


def test_a_sqlite_that_is_too_old_for_a_queue_is_told(
    imagen4: Callable[..., Run], sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The queue's tables would have refused the first request, in words of their own."""
    monkeypatch.setattr("imagen4.workers.engine.OLDEST_SQLITE", (99, 1))
    (tmp_path / "prompts.txt").write_text("a fox")
    book = ("--gateway", "kie", "--database", str(tmp_path / "l.db"))
    done = imagen4("batch", str(tmp_path / "prompts.txt"), "--enqueue", *book)
    assert (done.code, done.err.count("\n")) == (2, 1), done.err
    assert "cannot hold a queue" in done.err
    assert "from 99.1 on it can; or take PostgreSQL" in done.err
