"""The command line in a world that does not work with it: streams, disks, words of a gateway."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.invoking import at, create
from imagen4.cli import outcome
from imagen4.cli.progress import LiveTable
from imagen4.downloads import transfer
from imagen4.events import TaskCreated
from imagen4.sandbox import Sandbox


def run_in_shell(line: str, sandbox: Sandbox) -> "subprocess.CompletedProcess[str]":
    """The command in a shell of its own, after `python -m imagen4 `."""
    keys = {"KIE_API_KEY": sandbox.key("kie")}
    return subprocess.run(
        ["sh", "-c", f"{sys.executable} -m imagen4 {line}"],
        env={**os.environ, **keys},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("stream", ["2>&-", pytest.param("2>/dev/full", marks=pytest.mark.slow)])
def test_pictures_are_made_though_nobody_reads_the_progress(
    stream: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    """A standard error that is closed or full must not stop what is paid for."""
    where = " ".join(at(sandbox, "kie"))
    done = run_in_shell(f"generate 'a fox' -n 2 {where} -o {tmp_path} {stream}", sandbox)
    assert done.returncode == 0
    paths = done.stdout.splitlines()
    assert len(paths) == 2
    assert all(Path(path).is_file() for path in paths)


def test_errors_of_the_surroundings_are_json_too(
    imagen4: Callable, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads standard output gets one document, also for what is not the gateway's."""
    monkeypatch.setenv("ALL_PROXY", "socks9://127.0.0.1:1")
    done = imagen4("credits", "--gateway", "kie", "--json")
    assert done.code == 2
    assert json.loads(done.out)["error"]["type"] == "InvalidRequest"


def test_status_shows_the_others_as_json_too(
    imagen4: Callable, sandbox: Sandbox, tmp_path: Path
) -> None:
    """An unknown id does not hide the states that could be read."""
    (task_id,) = create(sandbox, imagen4, tmp_path)["task_ids"]
    told = json.loads(imagen4("status", "unknown", task_id, *at(sandbox, "kie"), "--json").out)
    assert told["error"]["type"] == "PartialFailure"
    assert [(task["task_id"], task["state"]) for task in told["tasks"]] == [(task_id, "success")]


def test_a_picture_that_cannot_be_saved_does_not_hide_the_others(
    imagen4: Callable, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The document says where each of them is, or its address."""
    (task_id,) = create(sandbox, imagen4, tmp_path, "--num-images", "1")["task_ids"]
    (other,) = create(sandbox, imagen4, tmp_path)["task_ids"]
    fetched = transfer.Transfer.opened

    def opened(self: transfer.Transfer, status: int, headers: dict[str, str]) -> bool:
        return fetched(self, 404 if other in self.url else status, headers)

    monkeypatch.setattr(transfer.Transfer, "opened", opened)
    done = imagen4("fetch", task_id, other, *at(sandbox, "kie"), "-o", str(tmp_path), "--json")
    told = json.loads(done.out)
    assert done.code == 9
    assert told["error"]["task_ids"] == [other]
    first, second = told["images"]
    assert Path(first["path"]).is_file()
    assert second["path"] is None
    assert second["url"]


def test_the_reason_of_a_failure_is_in_the_document(
    imagen4: Callable, sandbox: Sandbox, tmp_path: Path
) -> None:
    """The gateway's code for it, too."""
    sandbox.fault("fail")
    done = imagen4("generate", "a fox", *at(sandbox, "kie"), "-o", str(tmp_path), "--json")
    error = json.loads(done.out)["error"]
    assert error["type"] == "TaskFailed"
    assert error["fail_code"]
    assert error["fail_message"]


def test_a_gateways_words_do_not_move_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    """Nor do they stop the output: terminals take no lone surrogates."""
    outcome.say("https://a.example/\x1b[2J\n\ud800.png", "next")
    assert capsys.readouterr().out == "https://a.example/\ufffd[2J\ufffd\ufffd.png\nnext\n"


def test_a_directory_that_cannot_be_made_costs_nothing(
    imagen4: Callable, sandbox: Sandbox, tmp_path: Path
) -> None:
    """It is noticed before anything is sent."""
    (tmp_path / "file").write_text("in the way")
    out = str(tmp_path / "file" / "out")
    done = imagen4("generate", "a fox", *at(sandbox, "kie"), "-o", out)
    assert done.code == 2
    assert "Not a directory" in done.err
    assert sandbox.requests == []


def test_a_full_standard_output_is_one_line(sandbox: Sandbox, tmp_path: Path) -> None:
    """And no traceback; the pictures are on the disk."""
    where = " ".join(at(sandbox, "kie"))
    done = run_in_shell(f"generate 'a fox' {where} -o {tmp_path} --json >/dev/full", sandbox)
    assert done.returncode == 1
    words = "imagen4: standard output cannot be written: No space left on device"
    assert done.stderr.splitlines()[-1] == words
    assert len(list(tmp_path.iterdir())) == 1


def test_a_gateway_that_is_down_is_not_waited_for_in_silence(
    imagen4: Callable,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    """Each attempt that failed is said, as a warning in the log, with the time until the next."""
    monkeypatch.setenv("KIE_API_KEY", "k")
    monkeypatch.setattr("imagen4.core.polling.Polling.backoff_pause", lambda *_: 0.0)
    nowhere = ("--gateway", "kie", "--base-url", "http://127.0.0.1:9")
    done = imagen4("generate", "a fox", *nowhere, "-o", str(tmp_path))
    assert done.code == 8
    assert caplog.text.count("kie: not created (The gateway could not be reached") == 4


def test_completion_and_refusals_make_no_folder(
    imagen4: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is made when something is about to be paid for."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KIE_API_KEY", raising=False)
    assert imagen4("generate", "a fox", "--gateway", "kie").code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_any_script_is_printed_as_it_is(
    imagen4: Callable, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Its name may hold what is not printable elsewhere; the printed path is to be pasted."""
    folder = tmp_path / "写真　1\xa0é"
    done = imagen4("generate", "a fox", *at(sandbox, "kie"), "-o", str(folder))
    assert [Path(line) for line in done.out.splitlines()] == list(folder.iterdir())


def test_a_terminal_that_is_gone_does_not_stop_what_is_paid_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As a window that was closed: drawing fails, and the task goes on."""

    def gone(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    with LiveTable("kie") as table:
        monkeypatch.setattr(table._progress, "update", gone)
        table.tell(TaskCreated("kie", "job", 0, None, 1.0, "t1", ("t1",)))
    assert table.task_ids == ("t1",)


def test_what_a_partial_failure_leaves_is_saved_with_a_fresh_link(
    imagen4: Callable, sandbox: Sandbox, tmp_path: Path
) -> None:
    """The client is still open when an old link turns out to have expired."""
    sandbox.fault("fail", times=1)
    sandbox.fault("gone", times=1)
    done = imagen4("generate", "a fox", *at(sandbox, "kie"), "-n", "2", "-o", str(tmp_path))
    assert done.code == 7
    assert [Path(line) for line in done.out.splitlines()] == list(tmp_path.iterdir())
    assert any("download-url" in str(request.path) for request in sandbox.requests)


def test_a_batchs_folder_that_no_disk_can_name_is_one_line(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path
) -> None:
    """It is said to be the option's, and nothing is sent."""
    (tmp_path / "p.txt").write_text("a fox")
    where = [*at(sandbox, "kie"), "-o", str(tmp_path / ("a" * 300))]
    done = imagen4("batch", str(tmp_path / "p.txt"), *where)
    assert (done.code, len(done.err.splitlines()), sandbox.requests) == (2, 1, [])
    assert "Invalid value for --output: File name too long" in done.err
