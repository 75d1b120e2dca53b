"""The command line must never hide a paid task's id, nor answer with a traceback."""

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import respx

from imagen4.cli.group import COMMANDS
from imagen4.sandbox import Sandbox

GATEWAYS = ["kie", "apikley"]


def at(sandbox: Sandbox, gateway: str) -> list[str]:
    return ["--gateway", gateway, "--base-url", sandbox.url(gateway)]


def create(sandbox: Sandbox, imagen4: Callable, tmp_path: Path, *more: str) -> dict:
    """Generate one picture and give the JSON report."""
    done = imagen4("generate", "a fox", *at(sandbox, "kie"), "-o", str(tmp_path), "--json", *more)
    assert done.code == 0, done.err
    return json.loads(done.out)


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_generate_prints_ids_first_and_paths_last(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path, gateway: str
) -> None:
    """Ids go to standard error as they come; standard output is the saved paths alone."""
    done = imagen4("generate", "a fox", *at(sandbox, gateway), "-n", "3", "-o", str(tmp_path))
    assert done.code == 0, done.err
    paths = [Path(line) for line in done.out.splitlines()]
    assert sorted(paths) == sorted(tmp_path.iterdir())
    assert len(paths) == 3
    assert done.err.count("submitted") == (3 if gateway == "kie" else 1)


def test_generate_sends_what_was_asked_for(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path
) -> None:
    """Every option reaches the gateway under the document's name for it."""
    done = imagen4(
        *("generate", "an owl", *at(sandbox, "apikley"), "-n", "2", "-a", "16:9"),
        *("--negative-prompt", "rain", "--seed", "7", "-o", str(tmp_path)),
    )
    assert done.code == 0, done.err
    created = next(r for r in sandbox.requests if r.operation == "createTask")
    sent = created.body if isinstance(created.body, dict) else json.loads(created.body)
    assert sent["input"] == {
        "prompt": "an owl",
        "negative_prompt": "rain",
        "aspect_ratio": "16:9",
        "num_images": "2",
        "seed": "7",
    }


def test_json_reports_everything_known(sandbox: Sandbox, imagen4: Callable, tmp_path: Path) -> None:
    """One JSON document with task, seed, address and path of each picture, and the times."""
    report = create(sandbox, imagen4, tmp_path, "-n", "2", "--seed", "9")
    assert report["gateway"] == "kie"
    assert [image["task_id"] for image in report["images"]] == report["task_ids"]
    assert report["images"][0]["seed"] == "9"
    assert all(Path(image["path"]).is_file() for image in report["images"])
    assert report["cost_time"] >= 0
    assert report["created"] <= report["completed"]


def test_tasks_are_taken_up_by_their_ids(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path
) -> None:
    """`status`, `wait` and `fetch` find a task that another process has paid for."""
    (task_id,) = create(sandbox, imagen4, tmp_path / "one")["task_ids"]
    status = imagen4("status", task_id, *at(sandbox, "kie"))
    assert status.out.startswith(f"{task_id}  success  http")
    assert (
        json.loads(imagen4("status", task_id, *at(sandbox, "kie"), "--json").out)[0]["state"]
        == "success"
    )
    assert imagen4("wait", task_id, *at(sandbox, "kie")).out.startswith("http")
    fetched = imagen4("fetch", task_id, *at(sandbox, "kie"), "-o", str(tmp_path / "two"))
    assert [path.parent.name for path in map(Path, fetched.out.splitlines())] == ["two"]
    assert sum(r.operation == "createTask" for r in sandbox.requests) == 1


def test_an_unknown_task_does_not_hide_the_others(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path
) -> None:
    """`status` prints what it could read, and says that it is not all."""
    (task_id,) = create(sandbox, imagen4, tmp_path)["task_ids"]
    status = imagen4("status", "unknown", task_id, *at(sandbox, "kie"))
    assert status.code == 7
    assert status.out.startswith(f"{task_id}  success  http")
    assert "1 of 2 tasks could not be read" in status.err


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_credits_are_printed(sandbox: Sandbox, imagen4: Callable, gateway: str) -> None:
    """A number for people, and a JSON document for machines."""
    assert float(imagen4("credits", *at(sandbox, gateway)).out) > 0
    report = json.loads(imagen4("credits", *at(sandbox, gateway), "--json").out)
    assert report["gateway"] == gateway


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
    sandbox.fault(fault, times=1)
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
    sandbox.fault("code-402", times=1)
    done = imagen4("generate", "a fox", *at(sandbox, "kie"), "-o", str(tmp_path), "--json")
    error = json.loads(done.out)["error"]
    assert (error["type"], error["code"], error["gateway"]) == ("InsufficientCredits", 402, "kie")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["generate", "x", "--gateway", "kie", "-n", "5"], "num_images must be an int from 1 to 4"),
        (["generate", "x", "--gateway", "kie", "-a", "2:1"], "16:9"),
        (["generate", " ", "--gateway", "kie"], "prompt"),
        (["generate", "x", "--gateway", "other"], "kie"),
        (["generate", "x"], "--gateway"),
        (["status", "--gateway", "kie"], "TASK"),
        (["paint"], "No such command"),
    ],
)
def test_what_is_not_valid_is_refused_before_anything_is_sent(
    sandbox: Sandbox, imagen4: Callable, arguments: list[str], says: str
) -> None:
    """Exit code 2 and one line that says what is allowed."""
    done = imagen4(*arguments)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert len(done.err.splitlines()) == 1
    assert list(sandbox.requests) == []


def test_without_a_key_the_line_names_the_variable(
    imagen4: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing key is named before anything is sent."""
    monkeypatch.delenv("KIE_API_KEY", raising=False)
    done = imagen4("credits", "--gateway", "kie")
    assert done.code != 0
    assert "KIE_API_KEY" in done.err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(imagen4: Callable, name: str) -> None:
    """`--help` works for each command, and says what the group's list says it does."""
    done = imagen4(name, "--help")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Usage: imagen4 {name}")


def test_help_lists_commands_and_exit_codes(imagen4: Callable) -> None:
    """The group's help names each command, each exit code and the variables."""
    out = imagen4("--help").out
    for word in [*COMMANDS, "130", "KIE_API_KEY", "IMAGEN4_LOG"]:
        assert word in out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_code_is_printed(imagen4: Callable, shell: str) -> None:
    """The code names the variable through which the shell asks for completions."""
    assert "_IMAGEN4_COMPLETE" in imagen4("completion", shell).out


def test_the_debug_log_has_ids_but_no_key_and_no_prompt(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """IMAGEN4_LOG=debug shows what happens without giving away secrets."""
    monkeypatch.setenv("IMAGEN4_LOG", "debug")
    done = imagen4("generate", "secret fox", *at(sandbox, "kie"), "-o", str(tmp_path))
    assert "created task" in done.err
    assert sandbox.key("kie") not in done.err
    assert "secret fox" not in done.err


def test_the_demo_ends_with_a_table(
    imagen4: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pictures of both gateways are saved, and the table says how many and where."""
    monkeypatch.setattr("imagen4.cli.demo.SPEED", 10_000.0)
    done = imagen4("demo", "-n", "2", "-o", str(tmp_path))
    assert done.code == 0, done.err
    assert len(list((tmp_path / "kie").iterdir())) == 2
    assert len(list((tmp_path / "apikley").iterdir())) == 2
    rows = [line.split() for line in done.out.splitlines() if "kie" in line or "apikley" in line]
    assert [row[1] for row in rows] == ["kie", "apikley"]


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_an_id_in_a_refusal_is_not_lost(
    imagen4: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: list[str]
) -> None:
    """A create that failed but names a task may have been paid: the id is in hint and report."""
    monkeypatch.setenv("KIE_API_KEY", "k")
    body = {"code": 500, "msg": "Server exception", "data": {"taskId": "-o/tmp/f00d"}}
    with respx.mock(base_url="http://127.0.0.1:9") as gateway:
        gateway.post("/api/v1/jobs/createTask").respond(json=body)
        done = imagen4(
            *("generate", "a fox", "-g", "kie", "--base-url", "http://127.0.0.1:9"),
            *("-o", str(tmp_path), *form),
        )
    assert done.code == 6
    assert any(line.endswith(" -- -o/tmp/f00d") for line in done.err.splitlines())
    if form:
        assert json.loads(done.out)["error"]["record_id"] == "-o/tmp/f00d"


@pytest.mark.parametrize(("refusal", "code"), [(402, 4), (422, 1), (429, 8), (500, 6)])
def test_a_later_create_that_fails_leaves_a_way_to_the_others(
    imagen4: Callable,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    refusal: int,
    code: int,
) -> None:
    """Two of three tasks are paid for: their ids stand in the command that resumes."""
    monkeypatch.setenv("KIE_API_KEY", "k")
    monkeypatch.setattr("imagen4.core.polling.Polling.pause", lambda *_: 1e9)
    answers = [{"code": 200, "data": {"taskId": name}} for name in ("one", "two")]
    answers.append({"code": refusal, "msg": "no", "data": None})
    with respx.mock(base_url="http://127.0.0.1:9") as gateway:
        route = gateway.post("/api/v1/jobs/createTask")
        route.side_effect = [httpx.Response(200, json=answer) for answer in answers]
        done = imagen4(
            *("generate", "a fox", "-g", "kie", "--base-url", "http://127.0.0.1:9"),
            *("-n", "3", "-o", str(tmp_path)),
        )
    assert done.code == code
    assert any(line.endswith(" -- one two") for line in done.err.splitlines())


def test_pictures_that_cannot_be_saved_are_reported_by_address(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path
) -> None:
    """A partial failure into an unusable folder still gives the JSON report and a way back."""
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    sandbox.fault("fail", times=1)
    folder = str(tmp_path / "file" / "out")
    done = imagen4("generate", "a fox", *at(sandbox, "kie"), "-n", "2", "-o", folder, "--json")
    report = json.loads(done.out)
    assert done.code == 7
    assert report["images"][0]["url"].startswith("http")
    assert report["images"][0]["path"] is None
    assert "imagen4 fetch" in done.err


def test_usage_errors_are_json_too(imagen4: Callable) -> None:
    """`--json` holds for what is wrong with the command line itself."""
    done = imagen4("credits", "--json")
    assert done.code == 2
    assert "--gateway" in json.loads(done.out)["error"]["message"]


@pytest.mark.parametrize(("balance", "shown"), [(123456.75, "123456.75"), (8, "8")])
def test_the_balance_is_not_rounded(
    imagen4: Callable, monkeypatch: pytest.MonkeyPatch, balance: float, shown: str
) -> None:
    """Large balances keep their cents."""
    monkeypatch.setenv("KIE_API_KEY", "k")
    with respx.mock(base_url="http://127.0.0.1:9") as gateway:
        gateway.get("/api/v1/chat/credit").respond(json={"code": 200, "data": balance})
        done = imagen4("credits", "-g", "kie", "--base-url", "http://127.0.0.1:9")
    assert done.out == f"{shown}\n"
