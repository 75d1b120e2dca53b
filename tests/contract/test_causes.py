"""One thing wrong is one finding, first of all, and what follows from it stands under it."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import count

import httpx
import pytest

from contract.foreign import Answer, creates, judged, page, reported, run_on, said
from imagen4.contract.reports import RENDERERS, Report, make_report, render_text
from imagen4.contract.server import CouldNotRunError
from imagen4.facts.protocol import DETAILS_PATH
from sharpening.catalogue import CATALOGUE
from sharpening.clock import Clock
from sharpening.defect import around
from sharpening.measure import Setting, meet
from sharpening.reference import Incoming, Outgoing, Reference, RefusedError

HANDFUL = 6


def _echo(request: httpx.Request) -> httpx.Response:
    told = {"method": request.method, "url": str(request.url), "headers": dict(request.headers)}
    return httpx.Response(200, json=told | {"data": request.content.decode()})


def _spring(request: httpx.Request) -> httpx.Response:
    return httpx.Response(404, json={"status": 404, "error": "Not Found", "path": request.url.path})


NO_GATEWAY: dict[str, tuple[Answer, str]] = {
    "no such path": (page(404), "HTTP 404, text/html"),
    "no such path, in JSON": (said(404, detail="Not Found"), "HTTP 404"),
    "no such path, with the path": (_spring, "HTTP 404"),
    "no such path, in an envelope": (said(404, code=404, msg="Not Found"), "HTTP 404"),
    "a page": (page(200, "<html>Welcome to nginx</html>"), "HTTP 200, text/html"),
    "a firewall": (page(403, "<html>Just a moment...</html>"), "HTTP 403"),
    "a proxy with nothing behind it": (page(502), "HTTP 502"),
    "an echo": (_echo, "HTTP 200, application/json"),
    "another API": (said(200, ok=True), "HTTP 200"),
    "a proxy that limits": (page(429), "HTTP 429"),
}


@pytest.mark.parametrize("name", NO_GATEWAY)
def test_what_is_no_gateway_could_not_be_run_against(name: str) -> None:
    """Three requests show it, and nothing is said of any promise; 429 is waited for."""
    answer, words = NO_GATEWAY[name]
    asked = count()
    with pytest.raises(CouldNotRunError) as told:
        judged(lambda request: (next(asked), answer(request))[1])
    assert str(told.value).startswith(f"wrong host: {words}")
    assert str(told.value).endswith("is the base URL right?")
    assert next(asked) == (15 if "limits" in name else 3)


ALL_THE_SAME = {
    "fails": page(500),
    "fails, in an envelope": said(200, code=500, msg="Server exception", data=None),
    "answers with nothing": lambda _: httpx.Response(204),
    "sends everybody elsewhere": page(302, Location="https://elsewhere.invalid/login"),
    "forbids": said(403, code=403, msg="forbidden"),
    "answers success": said(200, code=200, msg="success", data={"taskId": "task-12345678"}),
}


@pytest.mark.parametrize("name", ALL_THE_SAME)
def test_a_server_that_says_one_thing_to_everything_has_one_finding(name: str) -> None:
    """Exit code 1 after a handful of requests, whatever the number of promises that breaks."""
    report = make_report(judged(ALL_THE_SAME[name]))
    assert (report.exit_code, len(report.broken)) == (1, 1)
    assert report.requests <= HANDFUL


def _refusing(code: int, message: str) -> Answer:
    """Creates are refused; of reads, it says that there is no such task."""
    no_task = said(200, code=422, msg="recordInfo is null", data=None)
    refused = said(200, code=code, msg=message, data=None)
    return lambda request: (refused if creates(request) else no_task)(request)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (402, "every create was refused with code 402 'no'"),
        (429, "every create was refused with code 429 'no'"),
        (455, "every create was refused with code 455 'no'"),
    ],
)
def test_an_account_that_can_create_nothing_is_no_broken_promise(code: int, words: str) -> None:
    """What is refused for the account would be refused whatever it is: exit code 2, at once."""
    report = make_report(judged(_refusing(code, "no")))
    assert (report.exit_code, report.reason, report.broken) == (2, words, ())
    assert report.requests <= 3 + 12


def test_a_key_that_only_creates_refuse_is_a_refused_key() -> None:
    """Without the key recordInfo may say of every task that there is none."""
    report = make_report(judged(_refusing(401, "You do not have access permissions")))
    assert [each.promise for each in report.broken] == ["The account's key is accepted."]
    assert (report.requests, report.notes) == (3, ())


def _lost(server: Reference) -> None:
    lost = Outgoing(404, b"<h1>Not Found</h1>", {"content-type": "text/html"})
    reads = lambda original, given: lost if given.method == "GET" else original(given)  # noqa: E731
    around(server, "answer", reads)


@pytest.fixture(scope="module")
def lost() -> Report:
    return reported(_lost)


def test_an_operation_that_is_not_there_is_one_finding(lost: Report) -> None:
    """That a created task is not known, and what its answers look like, follows from it."""
    (broken,) = lost.broken
    assert broken.promise == "recordInfo is where the document says."
    assert len(broken.consequences) == 4
    assert {each.because_of for each in broken.consequences} == {broken.promise}


def test_what_tasks_of_one_id_get_mixed_up_follows_from_the_id() -> None:
    """Their records rightly tell of one request only."""
    defect = next(each for each in CATALOGUE if each.name == "id-always-the-same")
    (broken,) = make_report(meet(Setting("kie", "observed"), defect)).broken
    assert (broken.check, broken.operation) == ("own-id", "createTask")
    assert len(broken.consequences) == 2


@pytest.mark.parametrize(
    ("name", "promise"),
    [
        ("crashes-now-and-then", "The gateway does not fail."),
        ("html-for-refusals", "A refusal is an envelope."),
    ],
)
def test_the_same_refusal_of_requests_of_all_kinds_is_one_finding(name: str, promise: str) -> None:
    """It says nothing of any of them: no task is lost, and no key refused for a wrong reason."""
    defect = next(each for each in CATALOGUE if each.name == name)
    (broken,) = make_report(meet(Setting("kie", "observed"), defect)).broken
    assert broken.promise == promise
    assert len(broken.consequences) >= 3


def test_an_operation_that_never_answers_is_asked_twice() -> None:
    """Each time costs as long as an answer may take; the other one is asked everything."""

    def hanging(original: object, given: Incoming) -> Outgoing:
        answer: Outgoing = original(given)  # type: ignore[operator]  # a method
        hangs = httpx.ReadTimeout("") if given.path == DETAILS_PATH else None
        return replace(answer, trouble=hangs, delay=5.0 if hangs else 0.0)

    clock = Clock()
    server = Reference("kie", "observed", clock)
    around(server, "answer", hanging)
    report = make_report(run_on(server))
    assert [each.promise for each in report.broken] == ["Every request is answered completely."]
    assert clock.now() < 12
    assert report.tasks == 22


def _flaky(server: Reference) -> None:
    asked = count(1)

    def sometimes(original: object, incoming: Incoming) -> Outgoing:
        bad = Outgoing(502, b"<h1>Bad Gateway</h1>", {"content-type": "text/html"})
        return original(incoming) if next(asked) % 25 else bad  # type: ignore[operator]  # a method

    around(server, "answer", sometimes)


def test_a_proxy_that_fails_now_and_then_is_one_finding() -> None:
    """Its words are not the gateway's: no task is lost, and no answer of another shape."""
    report = reported(_flaky)
    (broken,) = report.broken
    assert broken.promise == "Requests reach the gateway: no proxy answers in its place."
    assert broken.seen.startswith(f"{broken.times} of {report.requests} answers were a proxy's")
    assert broken.times == report.requests // 25
    assert broken.consequences == ()


def _unchecked(server: Reference) -> None:
    around(server, "accepts_key", lambda *_: True)
    around(server, "check_body", lambda *_: None)
    around(server, "accepts_content_type", lambda *_: True)
    around(server, "parse", lambda original, content: _or_default(original, content))
    around(server, "pictures", lambda *_: 1)


def _or_default(original: object, content: bytes) -> object:
    default = {"model": "google/imagen4", "input": {"prompt": "A cat"}}
    try:
        body = original(content)  # type: ignore[operator]  # a method
    except ValueError:
        return default
    right = isinstance(body, dict) and {"model", "input"} <= body.keys()
    return body if right else default


def test_a_mock_that_validates_nothing_has_a_handful_of_findings() -> None:
    """Each rule that it does not know is a consequence, not a finding beside others."""
    report = reported(_unchecked)
    first = report.broken[0]
    assert len(report.broken) <= HANDFUL
    assert first.promise == "What the document forbids is refused."
    assert len(first.consequences) > 15


def test_text_shows_what_follows_under_its_cause(lost: Report) -> None:
    """Indented, one line each; the last line names the cause alone."""
    text = render_text(lost)
    cause, follow = text.split("  From this follows:\n")
    assert "✗ recordInfo: recordInfo is where the document says.\n" in cause
    assert follow.startswith("  · recordInfo: ")
    assert text.endswith("violated: kie broke: recordInfo is where the document says.")


def test_each_report_tells_causes_from_consequences(lost: Report) -> None:
    """JUnit fails the one and skips the others; JSON and Markdown have them under it."""
    suite = ET.fromstring(RENDERERS["junit"](lost))[0]  # noqa: S314  # written by ourselves
    assert suite.get("failures") == "1"
    assert len(list(suite.iter("failure"))) == 1
    told = [each.get("message", "") for each in suite.iter("skipped")]
    assert "follows from: recordInfo is where the document says." in told
    (broken,) = json.loads(RENDERERS["json"](lost))["broken"]
    assert all(each["because_of"] == broken["promise"] for each in broken["consequences"])
    assert RENDERERS["markdown"](lost).count("| ↳ ") == len(broken["consequences"]) == 4


def test_what_was_refused_for_another_reason_was_not_left_open() -> None:
    """A note on what the document leaves open is for creates that are otherwise accepted."""
    asked = count()

    def refuse(*_: object) -> None:
        raise RefusedError(500, f"Server exception {next(asked)}, please try again later")

    report = reported(lambda server: around(server, "create", refuse))
    assert [each.promise for each in report.broken] == [
        "A create that the document allows is accepted."
    ]
    assert [note for note in report.notes if "left open" in note] == []
