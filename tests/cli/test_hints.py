"""The line that takes tasks up again: shown when there is something to take up, and pasteable."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
import respx

from cli.invoking import AT_NOWHERE, NOWHERE, at, create
from imagen4 import InvalidRequest, Result
from imagen4.cli import outcome
from imagen4.cli.asking import Where
from imagen4.cli.progress import PlainLines
from imagen4.downloads import transfer
from imagen4.sandbox import Sandbox

DETAILS = "/api/v1/jobs/recordInfo"
REFUSED = {"code": 401, "msg": "no access"}
GO_ON = "Tasks may go on. To take them up again:"
ENDED = "The tasks have ended. To fetch their pictures again:"


def hint(said: str) -> list[str]:
    """The two lines of the hint, or none."""
    lines = said.splitlines()
    place = next((n for n, line in enumerate(lines) if line.startswith("  imagen4 ")), 0)
    return lines[place - 1 : place + 1] if place else []


@pytest.fixture
def broken(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Pictures whose address holds one of these words are not there."""
    words: set[str] = set()
    opened = transfer.Transfer.opened

    def sometimes(self: transfer.Transfer, status: int, headers: dict[str, str]) -> bool:
        return opened(self, 404 if any(word in self.url for word in words) else status, headers)

    monkeypatch.setattr(transfer.Transfer, "opened", sometimes)
    return words


def test_the_hint_repeats_only_what_was_given(
    imagen4: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither an address nor a folder that nobody named."""
    monkeypatch.setenv("KIE_API_KEY", "k")
    with respx.mock(base_url="https://api.kie.ai") as router:
        router.get(DETAILS).respond(json=REFUSED)
        done = imagen4("wait", "t1", "--gateway", "kie")
    assert hint(done.err) == [GO_ON, "  imagen4 fetch --gateway kie -- t1"]


def test_the_hint_saves_where_it_was_asked_for(
    imagen4: Callable, routes: respx.MockRouter, tmp_path: Path
) -> None:
    """At the same address, into the same folder, whatever its name."""
    routes.get(DETAILS).respond(json=REFUSED)
    folder = tmp_path / "my pictures"
    done = imagen4("fetch", "t1", "t2", *AT_NOWHERE, "-o", str(folder))
    start = f"  imagen4 fetch --gateway kie --base-url {NOWHERE} --output"
    assert hint(done.err) == [GO_ON, f"{start} '{folder}' -- t1 t2"]


def test_a_failed_task_is_not_to_be_taken_up_again(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path
) -> None:
    """Nothing will come of it."""
    sandbox.fault("fail", times=1)
    done = imagen4("generate", "a fox", *at(sandbox, "kie"), "-o", str(tmp_path))
    assert done.code == 1
    assert hint(done.err) == []


@pytest.mark.parametrize("command", ["status", "wait", "fetch"])
def test_an_unknown_task_is_not_to_be_taken_up_again(
    imagen4: Callable, routes: respx.MockRouter, tmp_path: Path, command: str
) -> None:
    """The gateway has no such task."""
    routes.get(DETAILS).respond(json={"code": 422, "msg": "recordInfo is null"})
    more = ["-o", str(tmp_path)] if command == "fetch" else []
    done = imagen4(command, "t1", *AT_NOWHERE, *more)
    assert done.code == 1
    assert hint(done.err) == []


def test_wrong_usage_asks_about_no_task(imagen4: Callable, routes: respx.MockRouter) -> None:
    """Nothing was sent, so nothing is known of ids that were only typed."""
    done = imagen4("wait", "t1", *AT_NOWHERE, "--timeout", "nan")
    assert done.code == 2
    assert hint(done.err) == []
    assert not routes.calls


def test_tasks_that_exist_are_hinted_at_whatever_the_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An error that says nothing was sent may come after tasks were created."""
    shown = PlainLines("kie")
    shown.task_ids = ("t1",)
    with (
        pytest.raises(click.exceptions.Exit),
        outcome.ending(shown, Where(("kie",)), as_json=False),
    ):
        raise InvalidRequest("no", task_ids=("typed",))
    assert hint(capsys.readouterr().err) == [GO_ON, "  imagen4 fetch --gateway kie -- t1"]


def test_pictures_that_are_not_saved_can_be_fetched_again(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path, broken: set[str]
) -> None:
    """The tasks have ended, and those whose pictures are saved are left out."""
    (good,) = create(sandbox, imagen4, tmp_path)["task_ids"]
    (bad,) = create(sandbox, imagen4, tmp_path)["task_ids"]
    broken.add(bad)
    done = imagen4("fetch", good, bad, *at(sandbox, "kie"), "-o", str(tmp_path))
    assert done.code == 9
    words, line = hint(done.err)
    assert words == ENDED
    assert line.endswith(f" -- {bad}")


def test_pictures_of_a_partial_failure_can_be_fetched_again(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path, broken: set[str]
) -> None:
    """One task failed, one picture was not saved: the way back leads to that picture."""
    broken.add("/")
    sandbox.fault("fail", times=1)
    where = [*at(sandbox, "kie"), "-o", str(tmp_path)]
    done = imagen4("generate", "a fox", *where, "-n", "2", "--json")
    report = json.loads(done.out)
    assert done.code == 7
    words, line = hint(done.err)
    assert words == ENDED
    assert line.endswith(f" -- {report['images'][0]['task_id']}")


def test_ctrl_c_while_saving_says_that_the_tasks_have_ended(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the ids of the pictures there are; the failed task's is not one of them."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Result, "save", interrupted)
    sandbox.fault("fail", times=1)
    where = [*at(sandbox, "kie"), "-o", str(tmp_path)]
    done = imagen4("generate", "a fox", *where, "-n", "2", "--json")
    assert done.code == 130
    error = json.loads(done.out)["error"]
    assert (error["type"], error["gateway"]) == ("KeyboardInterrupt", "kie")
    words, line = hint(done.err)
    assert words == ENDED
    (ended,) = line.split(" -- ")[1].split()
    assert ended in error["task_ids"]
    assert len(error["task_ids"]) == 2
