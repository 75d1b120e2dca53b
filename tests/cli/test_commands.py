"""What each command prints, saves and sends when all goes well."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import respx

from cli.invoking import AT_NOWHERE, GATEWAYS, at, create
from imagen4.sandbox import Sandbox


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
    assert imagen4("wait", task_id, *at(sandbox, "kie")).out.startswith("http")
    fetched = imagen4("fetch", task_id, *at(sandbox, "kie"), "-o", str(tmp_path / "two"))
    assert [path.parent.name for path in map(Path, fetched.out.splitlines())] == ["two"]
    assert sum(r.operation == "createTask" for r in sandbox.requests) == 1


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_credits_are_printed(sandbox: Sandbox, imagen4: Callable, gateway: str) -> None:
    """A number for people, and a JSON document for machines."""
    assert float(imagen4("credits", *at(sandbox, gateway)).out) > 0
    report = json.loads(imagen4("credits", *at(sandbox, gateway), "--json").out)
    assert report["gateway"] == gateway


def test_the_demo_prints_where_the_pictures_are(
    imagen4: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of both gateways, each in a folder of its gateway's name."""
    monkeypatch.setattr("imagen4.cli.demo.SPEED", 10_000.0)
    done = imagen4("demo", "-n", "2", "-o", str(tmp_path))
    assert done.code == 0, done.err
    paths = [Path(line) for line in done.out.splitlines()]
    assert all(path.is_file() for path in paths)
    assert [path.parent.name for path in paths] == ["kie", "kie", "apikley", "apikley"]


@pytest.mark.parametrize(("balance", "shown"), [(123456.75, "123456.75"), (8, "8")])
def test_the_balance_is_not_rounded(
    imagen4: Callable, routes: respx.MockRouter, balance: float, shown: str
) -> None:
    """Large balances keep their cents."""
    routes.get("/api/v1/chat/credit").respond(json={"code": 200, "data": balance})
    done = imagen4("credits", *AT_NOWHERE)
    assert done.out == f"{shown}\n"
