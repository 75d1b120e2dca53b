"""Guards what a person is told of a batch: while it runs, and of what it cost."""

import io
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import respx

from cli.invoking import AT_NOWHERE, NOWHERE, at
from cli.test_batch import written
from cli.test_terminal import read_until_closed
from client.pictures import PNG
from client.play import created, details
from imagen4 import Client, Ledger, Polling
from imagen4.cli.batch_file import read_batch
from imagen4.cli.batch_names import FileNames
from imagen4.cli.batch_progress import LiveBatch, PlainBatch
from imagen4.cli.batch_run import BatchRun
from imagen4.sandbox import Sandbox


def test_a_terminal_shows_one_bar_and_what_went_wrong(sandbox: Sandbox, tmp_path: Path) -> None:
    """How many, how fast and what is spent, redrawn in place; a failed line stands above it."""
    sandbox.fault("fail", word="owl", times=1)
    file = written(tmp_path, "a fox\nan owl\n")
    arguments = ["batch", file, *at(sandbox, "kie"), "-o", str(tmp_path / "out")]
    ours, theirs = pty.openpty()
    shown = b""
    with subprocess.Popen(
        [sys.executable, "-m", "imagen4", *arguments],
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    ) as running:
        os.close(theirs)
        while chunk := read_until_closed(ours):
            shown += chunk
    os.close(ours)
    assert running.returncode == 7
    assert b"\x1b[" in shown
    for words in (b"2/2", b" a minute, 16 credits", b"an-owl-3e5f8a38  "):
        assert words in shown, shown


def test_what_is_spent_is_not_added_up_for_every_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch of 100,000 lines that is run again has them all at once."""
    asked = []

    class Book:
        def spent(self) -> float:
            asked.append(1)
            return 8.0

    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with LiveBatch(1000, Book()) as shown:  # type: ignore[arg-type]
        for number in range(1000):
            shown.ended(str(number), "saved")
    assert len(asked) < 50


def test_what_an_earlier_run_left_is_told_as_it_ends(sandbox: Sandbox, tmp_path: Path) -> None:
    """Not when all of it has ended: here the owl waits until the fox is told. Each is told once."""
    sandbox.configure(speed=0, generating=1)
    sandbox.fault("slow-task", word="owl", seconds=1000.0)
    file = written(tmp_path, "a fox\nan owl\n")
    lines = read_batch(Path(file), ("kie",), {"model": "google/imagen4"}, ())
    told = []

    class Shown(PlainBatch):
        def ended(self, tag: str, words: str) -> None:
            told.append(f"{tag[:5]} {words}")
            sandbox.clock.advance(1000)

    settings = {"api_key": sandbox.key("kie"), "base_url": sandbox.url("kie")}
    with (
        Client("kie", **settings, polling=Polling.immediate()) as client,
        Ledger(tmp_path / "l.db") as ledger,
    ):
        list(client.generate_many([each.request for each in lines], ledger=ledger, timeout=0))
        sandbox.clock.advance(1)
        names = FileNames("{tag}-{index}.{ext}", lines)
        run = BatchRun(client, ledger, lines, names, tmp_path, Shown(2), 30)
        run.work(retry_failed=False)
    assert (told, run.errors) == (["a-fox saved", "an-ow saved"], {})


@pytest.mark.parametrize(
    ("encoding", "named"), [("utf-8", "三" * 73), ("ascii", "_" * 100), ("latin-1", "_" * 100)]
)
def test_a_pictures_name_is_one_that_the_disk_can_have(
    encoding: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever script the tag is in: it is paid for by the time that it is saved."""
    monkeypatch.setattr("sys.getfilesystemencoding", lambda: encoding)
    file = written(tmp_path, json.dumps({"prompt": "a fox", "tag": "三" * 100}))
    lines = read_batch(Path(file), ("kie",), {"model": "google/imagen4"}, ())
    names = FileNames("{tag}.{ext}", lines)
    assert names.name("三" * 100, 1) == named
    assert len(f".{named}-{'0' * 16}.part".encode(encoding)) <= 255


def test_what_is_charged_otherwise_than_listed_is_warned_of(
    routes: respx.MockRouter, imagen4: Callable, tmp_path: Path
) -> None:
    """By the batch that paid, and whenever the ledger's creates are added up."""
    result = {"resultUrls": [f"{NOWHERE}/1.png"]}
    more = {"resultJson": json.dumps(result), "creditsConsumed": 12.5}
    routes.post("/api/v1/jobs/createTask").mock(return_value=created("t1"))
    routes.get("/api/v1/jobs/recordInfo").mock(return_value=details("t1", "success", **more))
    routes.get("/1.png").mock(return_value=httpx.Response(200, content=PNG))
    done = imagen4("batch", written(tmp_path, "a fox\n"), *AT_NOWHERE, "-o", str(tmp_path / "out"))
    assert done.code == 0, done.err
    assert "The gateway charged 12.5 credits where the price list says 8\n" in done.err
    told = imagen4("spend", "--ledger", str(tmp_path / "out/ledger.db")).out
    assert "12.5 credits, 1 task; charged 12.5 where the price list says 8\n" in told


@pytest.mark.parametrize(("faults", "code"), [(0, 130), (1, 6)])
def test_a_ctrl_c_leaves_an_exit_code_that_says_whether_a_create_has_no_answer(
    sandbox: Sandbox,
    imagen4: Callable,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    faults: int,
    code: int,
) -> None:
    """As `generate` does; either way the same command continues."""
    work = BatchRun.work

    def interrupted(run: BatchRun, **more: bool) -> None:
        work(run, **more)
        raise KeyboardInterrupt

    monkeypatch.setattr(BatchRun, "work", interrupted)
    if faults:
        sandbox.fault("reset", operation="createTask", times=faults)
    (tmp_path / "prompts.txt").write_text("a fox\n")
    done = imagen4("batch", str(tmp_path / "prompts.txt"), *at(sandbox, "kie"), "-o", str(tmp_path))
    assert done.code == code
    assert "The same command continues" in done.err


def test_a_batch_says_its_price_before_it_pays_and_what_is_paid_already(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path
) -> None:
    """The first line of each run; a failure is to pay again only with `--retry-failed`."""
    sandbox.fault("fail", word="owl", times=1)
    file = written(tmp_path, "a fox\nan owl\n")
    again = ["batch", file, *at(sandbox, "kie"), "-o", str(tmp_path / "out")]
    paid, retry = "2 tasks in the ledger, not to be paid again\n", [*again, "--retry-failed"]
    assert imagen4(*again).err.startswith("2 tasks, 2 pictures: 16 credits ($0.08) by the price")
    assert imagen4(*again).err.startswith(paid)
    assert "\nto pay    1 task, 1 picture\n" in imagen4(*retry, "--dry-run").out
    one = "1 task in the ledger, not to be paid again\n1 task, 1 picture: 8 credits ($0.04) by the"
    assert imagen4(*retry).err.startswith(one)
    assert imagen4(*again).err.startswith(paid)


def test_what_was_not_sent_is_one_line_and_what_to_do_stands_below(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path
) -> None:
    """Where the credits of a batch of thousands are spent, the reason is still on the screen."""
    sandbox.fault("fail", word="fox", times=1)
    file = written(tmp_path, "a fox\n" + "".join(f"owl {number}\n" for number in range(300)))
    where = [*at(sandbox, "kie"), "-o", str(tmp_path / "out"), "--max-credits", "8"]
    *told, unsent, advice = imagen4("batch", file, *where).err.splitlines()
    assert re.fullmatch(r"2\d\d not sent, from line \d+ on: the same command goes on .*", unsent)
    assert advice == "--retry-failed pays again for what failed."
    assert len(told) < 50
