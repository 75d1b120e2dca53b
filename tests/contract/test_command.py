"""What CI sees of a run: an exit code, a last line, and files it can show."""

import json
import xml.etree.ElementTree as ET
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from contract.foreign import Answer, page, serving
from imagen4.contract.checks import CHECKS
from imagen4.contract.command import command
from imagen4.contract.outputs import FORMS, write_whole
from imagen4.contract.run import RunOptions, Seams, run_contract
from imagen4.contract.server import CouldNotRunError, ServerUnderTest
from imagen4.sandbox import Sandbox

KEYS = {"KIE_API_KEY": "", "APIKLEY_API_KEY": ""}


def _run(*arguments: str, **settings: Any) -> Result:
    return CliRunner(env=KEYS).invoke(command, arguments, **settings)


def _last(result: Result) -> str:
    return result.output.splitlines()[-1]


@pytest.mark.parametrize(
    "sandbox",
    ["observed", pytest.param("documented", marks=pytest.mark.slow)],
    indirect=True,
)
def test_a_conforming_server_ends_with_0(sandbox: Sandbox) -> None:
    """Exit code 0, and the last line begins with the word for it."""
    result = _run("kie", "--base-url", sandbox.url("kie"))
    assert (result.exit_code, _last(result).split(" ")[0].rstrip(":")) == (0, "conforms")


def test_a_broken_promise_ends_with_1(sandbox: Sandbox) -> None:
    """Exit code 1; the last line names the gateway and the promise. The environment says where."""
    where = {"KIE_BASE_URL": sandbox.url("kie")}
    result = _run("kie", "--api-key", "not-the-key-1", env=where)
    assert result.exit_code == 1
    assert _last(result) == "violated: kie broke: The account's key is accepted."
    assert "not-the-key-1" not in result.output


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["kie", "--base-url", "http://127.0.0.1:1/kie"], "unreachable"),
        (["kie", "--base-url", "https://api.kie.ai"], "no key"),
        (["kie", "--base-url", "https://api.apikley.ru", "--api-key", "k"], "wrong host"),
        (["kie", "--base-url", "https://api.kie.ai", "--api-key", "k"], "budget"),
    ],
)
def test_what_cannot_run_ends_with_2(arguments: list[str], reason: str) -> None:
    """Exit code 2, for a reason that is named; nothing is said about the server."""
    result = _run(*arguments)
    assert result.exit_code == 2
    assert _last(result).startswith(f"could not run: {reason}")


def test_a_run_that_cannot_be_is_an_annotation_too() -> None:
    """On GitHub; the last line is the same as anywhere."""
    result = _run("kie", "--base-url", "https://api.kie.ai", "--github")
    first, last = result.output.splitlines()
    assert first == "::error title=could not run::" + last.removeprefix("could not run: ")


def test_the_price_is_shown_before_anything_is_sent() -> None:
    """Without somebody to say yes, nothing goes to a server that costs money."""
    result = _run("kie", "--base-url", "https://api.kie.ai", "--api-key", "k", "--max-paid", "3")
    assert "Up to 3 request(s) may be paid for, each 8 credits ($0.04)." in result.output
    assert result.exit_code == 2


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--max-paid", "3"], "Up to 3 request(s) may be paid for, each 8 credits ($0.04)."),
        (["--canary", "--max-paid", "3"], "Up to 1 request(s) may be paid for"),
        (["--max-paid", "0"], "Nothing is paid for"),
    ],
)
def test_a_dry_run_shows_the_price_and_sends_nothing(more: list[str], says: str) -> None:
    """Nobody has to say yes to that."""
    result = _run("kie", "--base-url", "https://api.kie.ai", "--api-key", "k", "--dry-run", *more)
    assert (result.exit_code, result.output.splitlines()[1:]) == (0, [])
    assert says in result.output


def test_a_usage_error_is_code_2_too() -> None:
    """An unknown gateway could not run either."""
    assert _run("nobody", "--base-url", "http://127.0.0.1").exit_code == 2


def test_reports_are_written(sandbox: Sandbox, tmp_path: Path) -> None:
    """JUnit, JSON and Markdown say what the terminal says."""
    files = {name: tmp_path / name for name in ("junit", "json", "markdown")}
    options = [word for name, path in files.items() for word in (f"--{name}", str(path))]
    result = _run("apikley", "--base-url", sandbox.url("apikley"), *options)
    made = json.loads(files["json"].read_text(encoding="utf-8"))
    assert (made["verdict"], made["exit_code"]) == ("conforms", 0)
    assert _last(result).startswith("conforms")
    assert made["reason"] in _last(result)
    suite = ET.parse(files["junit"]).getroot()[0]  # noqa: S314  # written by ourselves
    promises = [each.promise for each in CHECKS.values()]
    assert [case.get("name") for case in suite.iter("testcase")] == promises
    assert suite.get("failures") == "0"
    assert made["reason"] in files["markdown"].read_text(encoding="utf-8")


def test_a_failure_is_in_every_report(sandbox: Sandbox, tmp_path: Path) -> None:
    """The broken promise, where it stands and how to see it."""
    junit, markdown = tmp_path / "junit.xml", tmp_path / "summary.md"
    arguments = ["--junit", str(junit), "--markdown", str(markdown), "--api-key", "another-key"]
    _run("kie", "--base-url", sandbox.url("kie"), *arguments)
    (failure,) = ET.parse(junit).getroot().iter("failure")  # noqa: S314  # written by ourselves
    assert failure.get("message") == "The account's key is accepted."
    assert "#/components/securitySchemes/BearerAuth" in (failure.text or "")
    assert "curl -sS" in markdown.read_text(encoding="utf-8")


def test_a_report_is_whole_or_not_there(tmp_path: Path) -> None:
    """A report that cannot be written leaves the old one and no half of the new."""
    path = tmp_path / "report.json"
    write_whole(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "\ud800")
    assert [each.name for each in tmp_path.iterdir()] == ["report.json"]
    assert path.read_text(encoding="utf-8") == "old"


def test_a_report_that_cannot_be_written_is_code_2(sandbox: Sandbox, tmp_path: Path) -> None:
    """A folder that does not exist: one line, before anything is sent and perhaps paid for."""
    sandbox.reset()
    path = str(tmp_path / "missing" / "report.json")
    result = _run("kie", "--base-url", sandbox.url("kie"), "--json", path)
    assert result.exit_code == 2
    assert result.output == f"could not run: {path} cannot be written\n"
    assert sandbox.requests == []


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no folder keeps root from writing")
@pytest.mark.parametrize("option", ["--junit", "--history"])
def test_a_folder_that_takes_no_report_is_told_before_anything_is_sent(
    sandbox: Sandbox, option: str
) -> None:
    """Whatever its permissions say."""
    sandbox.reset()
    more = ["--canary"] if option == "--history" else []
    result = _run("kie", "--base-url", sandbox.url("kie"), option, "/proc/report", *more)
    assert (result.exit_code, sandbox.requests) == (2, [])
    assert result.output == "could not run: /proc/report cannot be written\n"


def test_what_was_found_is_told_where_no_report_can_be_written_any_more(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that has filled up meanwhile: exit code 2, and the text all the same."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("imagen4.contract.outputs.write_whole", full)
    arguments = ["--junit", str(tmp_path / "junit.xml"), "--api-key", "another-key"]
    result = _run("kie", "--base-url", sandbox.url("kie"), *arguments)
    assert result.exit_code == 2
    assert "violated: kie broke: The account's key is accepted." in result.output
    told = "could not run: [Errno 28] No space left on device"
    assert result.output.splitlines()[-1] == told


def test_without_a_key_nothing_is_said_of_the_server(sandbox: Sandbox) -> None:
    """A guessed key that is refused is no broken promise: nobody gave a key."""
    result = _run("kie", "--base-url", sandbox.url("apikley"))
    assert result.exit_code == 2
    assert _last(result).startswith("could not run: no key: ")


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_wrong_path_is_no_verdict(status: int) -> None:
    """A web server that knows neither operation says nothing about a gateway."""
    answer = httpx.Response(status, html="<h1>No</h1>")
    options = RunOptions(ServerUnderTest("kie", "http://127.0.0.1:9", "some-key-1"))
    with pytest.raises(CouldNotRunError, match=f"wrong host: HTTP {status}, .* right"):
        run_contract(options, Seams(httpx.MockTransport(lambda _: answer)))


@pytest.mark.parametrize("answer", [page(502), page(200), None], ids=["proxy", "page", "nobody"])
def test_where_nobody_could_be_judged_every_report_says_so(
    answer: Answer | None, tmp_path: Path
) -> None:
    """Else a file of the last run would be taken for this one's."""
    options = [word for form in FORMS for word in (f"--{form}", str(tmp_path / form))]
    with nullcontext("http://127.0.0.1:1") if answer is None else serving(answer) as url:
        result = _run("kie", "--base-url", url, *options)
    (line,) = result.output.splitlines()
    told = json.loads((tmp_path / "json").read_text())
    assert (told["exit_code"], told["verdict"], told["broken"]) == (2, "could not run", [])
    assert line == f"could not run: {told['reason']}"
    (error,) = ET.parse(tmp_path / "junit").iter("error")  # noqa: S314  # written here
    assert error.get("message") == told["reason"]
    assert {each.name for each in tmp_path.iterdir()} == {*FORMS}


def test_an_interrupted_run_says_what_it_may_have_cost() -> None:
    """Paid tasks are named: their ids are nowhere else."""
    count = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal count
        count += 1
        if count == 5:
            raise KeyboardInterrupt
        data = {"taskId": "paid-for-1"} if request.method == "POST" else {"asked": count}
        return httpx.Response(200, json={"code": 200, "msg": "success", "data": data})

    options = RunOptions(ServerUnderTest("kie", "https://staging.invalid", "some-key-1"))
    seams = Seams(httpx.MockTransport(answer), sleep=lambda _: None)
    with pytest.raises(CouldNotRunError) as raised:
        run_contract(options, seams)
    assert str(raised.value) == (
        "interrupted; requests sent: 4, may have been paid for: 1, tasks: paid-for-1"
    )


@pytest.mark.slow
def test_an_interrupted_run_is_no_verdict(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Ctrl-C that schemathesis keeps to itself ends the run all the same, with code 2."""

    def interrupt(_document: object, _environ: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("imagen4.contract.stateful.case_of", interrupt)
    result = _run("kie", "--base-url", sandbox.url("kie"), "--phase", "full")
    assert result.exit_code == 2
    assert _last(result).startswith("could not run: interrupted")
