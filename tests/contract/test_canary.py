"""One paid picture says whether it is still the same model, at the same price."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from imagen4.contract.canary import send_canary
from imagen4.contract.command import command
from imagen4.contract.history import Sighting
from imagen4.contract.reports.canary import canary_alarms
from imagen4.contract.run import RunOptions, Seams
from imagen4.contract.server import ServerUnderTest
from imagen4.facts import GATEWAYS
from imagen4.sandbox import Sandbox

SEEN = Sighting("2026-11-29", "kie", "google/imagen4", ("code",), ("state",), 8.0, "PNG", 768, 768)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A server of each test's own."""
    with Sandbox(speed=1000, limits=False) as running:
        yield running


def _run(url: str, *options: str) -> Result:
    runner = CliRunner(env={"KIE_API_KEY": ""})
    return runner.invoke(command, ["kie", "--base-url", url, "--canary", *options])


def test_a_canary_is_one_create_and_a_line_of_history(sandbox: Sandbox, tmp_path: Path) -> None:
    """The second run has moved nowhere."""
    path = tmp_path / "canary.jsonl"
    first = _run(sandbox.url("kie"), "--history", str(path))
    assert first.exit_code == 0, first.output
    assert first.output.splitlines()[-1].startswith("conforms")
    assert [each.operation for each in sandbox.requests].count("createTask") == 1
    second = _run(sandbox.url("kie"), "--history", str(path))
    assert (second.exit_code, "(1 before): nothing" in second.output) == (0, True)
    one, two = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    assert (one["credits"], one["format"], one["width"]) == (8.0, "PNG", two["width"])


@pytest.mark.parametrize(
    ("then", "told"),
    [
        ({"credits": 4.0}, "credits: 4 → 8"),
        ({"format": "JPEG", "width": 1}, "picture: JPEG 1×768 → PNG 768×768"),
        ({"record": ["gone", "state"]}, "record: no longer has 'gone'"),
    ],
)
def test_what_moved_is_told_and_no_longer_conforms(
    sandbox: Sandbox, tmp_path: Path, then: dict[str, object], told: str
) -> None:
    """Against the last run that saw it; runs of another model do not count."""
    path = tmp_path / "canary.jsonl"
    before = json.loads(SEEN.as_line()) | then
    unseen = replace(SEEN, credits=None, format=None, record=())
    other = replace(SEEN, model="nano-banana-2", credits=1.0)
    path.write_text(json.dumps(before) + "\n" + unseen.as_line() + other.as_line())
    result = _run(sandbox.url("kie"), "--history", str(path))
    assert result.exit_code == 1
    assert f"  · {told}\n" in result.output
    assert result.output.splitlines()[-1] == f"violated: {told}"


@pytest.mark.parametrize(
    ("fault", "code", "last"),
    [
        ("fail", 1, "violated: the task failed: 'Invalid prompt"),
        ("not-a-picture", 1, "violated: what stands at its URL is no picture"),
        ("gone", 1, "violated: no picture at its URL: Client error '404 Not Found'"),
        ("broken-result", 1, "violated: kie broke: A success has its pictures' URLs"),
        ("code-402", 2, "could not run: every create was refused with code 402"),
    ],
)
def test_a_picture_that_does_not_come_is_no_success(
    sandbox: Sandbox, fault: str, code: int, last: str
) -> None:
    """The last line says why; the exit codes are those of every run."""
    sandbox.fault(fault, share=1.0)
    result = _run(sandbox.url("kie"))
    assert (result.exit_code, result.output.splitlines()[-1][: len(last)]) == (code, last)


def test_another_price_than_listed_is_an_alarm_without_any_history() -> None:
    """And slower or more fields are none."""
    assert canary_alarms(replace(SEEN, credits=12.0), [], GATEWAYS["kie"]) == [
        "charged 12 credits, listed 8"
    ]
    before = replace(SEEN, create_seconds=1.0, task_seconds=10.0)
    slower = replace(before, task_seconds=60.0, record=("param", "state"))
    assert canary_alarms(slower, [before], GATEWAYS["kie"]) == []


@pytest.mark.parametrize("line", ["{", "[]", '{"at": "now"}', '{"record": 3}'])
def test_a_file_that_is_no_history_is_refused_before_anything_is_sent(
    sandbox: Sandbox, tmp_path: Path, line: str
) -> None:
    """Nobody pays for a line that cannot be compared, nor loses the file."""
    path = tmp_path / "notes.txt"
    path.write_text(line)
    result = _run(sandbox.url("kie"), "--history", str(path))
    assert (result.exit_code, sandbox.requests, path.read_text()) == (2, [], line)
    assert result.output == f"could not run: {path} is no history of canaries, a JSON line a run\n"


def test_the_price_is_shown_and_agreed_to_before() -> None:
    """Whatever --max-paid says, a canary pays for one."""
    result = _run("https://api.kie.ai", "--api-key", "k", "--max-paid", "0")
    assert "Up to 1 request(s) may be paid for, each 8 credits ($0.04)." in result.output
    assert result.exit_code == 2


@pytest.mark.parametrize("url", ["https://pictures.invalid/1.png", "http://127.0.0.1:9/1.png"])
def test_a_picture_is_fetched_without_the_key_and_never_from_this_machine(url: str) -> None:
    """A gateway elsewhere says where its pictures are; that is no reason to trust the place."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        result = {"taskId": "t1", "state": "success"}
        result["resultJson"] = json.dumps({"resultUrls": [url]})
        return httpx.Response(200, json={"code": 200, "msg": "success", "data": result})

    options = RunOptions(ServerUnderTest("kie", "https://staging.invalid", "some-key-1"))
    seams = Seams(httpx.MockTransport(answer), sleep=lambda _: None)
    _, seen = send_canary(options, seams)
    fetched = [each for each in asked if each.url.path == "/1.png"]
    assert seen.problem == (
        "its URL is not https"
        if url.startswith("http:")
        else "what stands at its URL is no picture"
    )
    assert [each.headers.get("authorization") for each in fetched] == [None] * len(fetched)
    assert len(fetched) == url.startswith("https:")
    assert sum(each.url.path.endswith("createTask") for each in asked) == 1
