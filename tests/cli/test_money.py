"""What pictures cost is said before it is paid, and what was charged is said after."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.invoking import at
from client.loopback import Loopback, Received, http
from client.pictures import PNG
from client.raw_answers import answered
from imagen4.sandbox import Sandbox


def test_the_price_stands_before_the_first_task(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path
) -> None:
    """On standard error, as the first line; standard output is for the paths."""
    done = imagen4("generate", "a fox", "-n", "2", *at(sandbox, "kie"), "-o", str(tmp_path))
    first = done.err.splitlines()[0]
    assert first == "2 tasks, 2 pictures: 16 credits ($0.08) by the price list"
    assert len(done.out.splitlines()) == 2


def test_a_price_that_nobody_knows_is_called_that(
    sandbox: Sandbox, imagen4: Callable, tmp_path: Path
) -> None:
    """No number is made up for it."""
    done = imagen4("generate", "a fox", *at(sandbox, "apikley"), "-o", str(tmp_path))
    assert done.err.startswith("1 task, 1 picture: a price that apikley does not publish\n")


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["-n", "3"], {"tasks": 3, "pictures": 3, "credits": 24, "dollars": 0.12, "unknown": 0}),
        (
            ["-m", "nano-banana-2"],
            {"tasks": 1, "pictures": 1, "credits": None, "dollars": None, "unknown": 1},
        ),
    ],
)
def test_a_dry_run_tells_the_price_and_sends_nothing(
    sandbox: Sandbox,
    imagen4: Callable,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    more: list[str],
    told: dict,
) -> None:
    """It needs no key, and makes neither a folder nor a ledger."""
    monkeypatch.delenv("KIE_API_KEY")
    monkeypatch.chdir(tmp_path)
    dry = ["generate", "a fox", *at(sandbox, "kie"), "--ledger", "new.db", "--dry-run", *more]
    assert json.loads(imagen4(*dry, "--json").out) == told
    assert imagen4(*dry).out.startswith(f"{told['tasks']} task")
    assert sandbox.requests == []
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_refuses_what_would_be_refused(sandbox: Sandbox, imagen4: Callable) -> None:
    """A price of what cannot be asked for helps nobody."""
    done = imagen4("generate", "a fox", *at(sandbox, "kie"), "--dry-run", "-n", "9")
    assert (done.code, done.out) == (2, "")
    assert "--num-images" in done.err


@pytest.mark.parametrize("command", ["status", "wait", "fetch"])
def test_what_the_gateway_charged_is_said(
    command: str, imagen4: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where its record has that: for people, and in the document."""
    monkeypatch.setenv("KIE_API_KEY", "k" * 20)

    def reply(received: Received) -> bytes:
        if "recordInfo" not in received.path:
            return http(200, PNG)
        links = json.dumps({"resultUrls": [f"{server.url}/1.png"]})
        record = {"taskId": "t1", "state": "success", "resultJson": links, "creditsConsumed": 8.0}
        return answered(record)

    with Loopback(reply) as server:
        place = ["t1", "-g", "kie", "--base-url", server.url]
        place += ["-o", str(tmp_path)] if command == "fetch" else []
        done = imagen4(command, *place)
        document = json.loads(imagen4(command, *place, "--json").out)
    if command == "status":
        assert "8 credits" in done.out
        assert document["tasks"][0]["credits"] == 8
    else:
        assert "The gateway charged 8 credits ($0.04)" in done.err
        assert document["credits"] == 8
