"""The command line must never hide a paid task's id, nor answer with a traceback."""

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import respx

from cli.invoking import AT_NOWHERE, at, create
from imagen4 import DownloadError
from imagen4.sandbox import Sandbox


def test_an_unknown_task_does_not_hide_the_others(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path
) -> None:
    """`status` prints what it could read, and says that it is not all."""
    (task_id,) = create(sandbox, imagen4, tmp_path)["task_ids"]
    status = imagen4("status", "unknown", task_id, *at(sandbox, "kie"))
    assert status.code == 7
    assert status.out.startswith(f"{task_id}  success  http")
    assert "1 of 2 tasks could not be read" in status.err


def test_a_time_out_prints_the_command_that_resumes(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path
) -> None:
    """What the hint says can be pasted: it saves the picture and pays nothing."""
    sandbox.fault("slow-task", times=1, seconds=4000.0)
    late = imagen4(
        *("generate", "a fox", *at(sandbox, "kie"), "--timeout", "0.001", "-o", str(tmp_path))
    )
    assert late.code == 5
    line = next(line for line in late.err.splitlines() if "imagen4 fetch" in line)
    sandbox.clock.advance(5000)
    resumed = imagen4(*line.split()[1:])
    assert resumed.code == 0, resumed.err
    assert len(resumed.out.splitlines()) == 1
    assert sum(r.operation == "createTask" for r in sandbox.requests) == 1


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("code-401", 3),
        ("code-402", 4),
        ("code-433", 4),
        ("code-505", 4),
        ("code-500", 6),
        ("reset", 6),
        ("fail", 1),
    ],
)
def test_each_failure_is_one_line_and_a_listed_exit_code(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path, fault: str, code: int
) -> None:
    """No traceback, no key, one last line that begins with the command's name."""
    sandbox.fault(fault, operation="createTask", times=1)
    done = imagen4("generate", "a fox", *at(sandbox, "kie"), "-o", str(tmp_path))
    assert (done.code, done.out) == (code, "")
    assert done.err.splitlines()[-1].startswith("imagen4: ")
    assert "Traceback" not in done.err
    assert sandbox.key("kie") not in done.err


def test_a_partial_failure_saves_what_there_is(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path
) -> None:
    """One failed task of three: two pictures on disk, their paths printed, exit code 7."""
    sandbox.fault("fail", times=1)
    done = imagen4("generate", "a fox", *at(sandbox, "kie"), "-n", "3", "-o", str(tmp_path))
    assert done.code == 7
    assert sorted(map(Path, done.out.splitlines())) == sorted(tmp_path.iterdir())
    assert len(done.out.splitlines()) == 2


def test_errors_are_json_when_json_was_asked_for(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path
) -> None:
    """A machine reads type, code and message of the failure from standard output."""
    sandbox.fault("code-402", operation="createTask", times=1)
    done = imagen4("generate", "a fox", *at(sandbox, "kie"), "-o", str(tmp_path), "--json")
    error = json.loads(done.out)["error"]
    assert (error["type"], error["code"], error["gateway"]) == ("InsufficientCredits", 402, "kie")


def test_the_debug_log_has_ids_but_no_key_and_no_prompt(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """IMAGEN4_LOG=debug shows what happens without giving away secrets."""
    monkeypatch.setenv("IMAGEN4_LOG", "debug")
    done = imagen4("generate", "secret fox", *at(sandbox, "kie"), "-o", str(tmp_path))
    assert "created task" in done.err
    assert sandbox.key("kie") not in done.err
    assert "secret fox" not in done.err


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_an_id_in_a_refusal_is_not_lost(
    imagen4: Callable, routes: respx.MockRouter, tmp_path: Path, form: list[str]
) -> None:
    """A create that failed but names a task may have been paid: the id is in hint and report."""
    body = {"code": 500, "msg": "Server exception", "data": {"taskId": "-o/tmp/f00d"}}
    routes.post("/api/v1/jobs/createTask").respond(json=body)
    done = imagen4("generate", "a fox", *AT_NOWHERE, "-o", str(tmp_path), *form)
    assert done.code == 6
    assert any(line.endswith(" -- -o/tmp/f00d") for line in done.err.splitlines())
    if form:
        assert json.loads(done.out)["error"]["record_id"] == "-o/tmp/f00d"


@pytest.mark.parametrize(("refusal", "code"), [(402, 4), (422, 1), (429, 8), (500, 6)])
def test_a_later_create_that_fails_leaves_a_way_to_the_others(
    imagen4: Callable,
    routes: respx.MockRouter,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    refusal: int,
    code: int,
) -> None:
    """Two of three tasks are paid for: their ids stand in the command that resumes."""
    monkeypatch.setattr("imagen4.core.submission.pause_before_retry", lambda *_: None)
    answers = [{"code": 200, "data": {"taskId": name}} for name in ("one", "two")]
    answers.append({"code": refusal, "msg": "no", "data": None})
    route = routes.post("/api/v1/jobs/createTask")
    route.side_effect = [httpx.Response(200, json=answer) for answer in answers]
    done = imagen4("generate", "a fox", *AT_NOWHERE, "-n", "3", "-o", str(tmp_path))
    assert done.code == code
    assert any(line.endswith(" -- one two") for line in done.err.splitlines())


def test_pictures_that_cannot_be_saved_are_reported_by_address(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A partial failure and then a full disk still give the JSON report and a way back."""

    def full(_: object) -> None:
        raise DownloadError("The picture cannot be written: No space left on device")

    monkeypatch.setattr("imagen4.base_image.make_directory", full)
    sandbox.fault("fail", times=1)
    out = str(tmp_path)
    done = imagen4("generate", "a fox", *at(sandbox, "kie"), "-n", "2", "-o", out, "--json")
    report = json.loads(done.out)
    assert done.code == 7
    assert report["images"][0]["url"].startswith("http")
    assert report["images"][0]["path"] is None
    assert "imagen4 fetch" in done.err
