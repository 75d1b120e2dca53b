"""What the archive of exchanges holds, and what stays out of it."""

import json
from dataclasses import replace

import pytest

from contract.har_schema import valid_har
from imagen4.contract.reports import RENDERERS, Report, make_report
from sharpening.catalogue import CATALOGUE
from sharpening.measure import Setting, meet

DEFECT = next(each for each in CATALOGUE if each.name == "result-one-more")


@pytest.fixture(scope="module")
def report() -> Report:
    """Of a server that delivers one picture too many."""
    return make_report(meet(Setting("kie", "observed"), DEFECT))


def test_a_record_stands_behind_the_create_of_its_task(report: Report) -> None:
    """Nobody can ask for it again: the task does not last. Its `param` repeats the prompt."""
    archive = RENDERERS["har"](report)
    entries = json.loads(archive)["log"]["entries"]
    poll = next(entry for entry in entries if entry["request"]["method"] == "GET")
    created = [entry for entry in entries if entry["request"]["url"].endswith("/createTask")]
    ids = [json.loads(each["response"]["content"]["text"])["data"]["taskId"] for each in created]
    assert poll["request"]["queryString"][0]["value"] in ids
    param = json.loads(json.loads(poll["response"]["content"]["text"])["data"]["param"])
    assert json.loads(param["input"])["prompt"] == "[prompt]"
    assert "fox" not in archive


def test_cookies_are_left_out_and_bytes_are_base64(report: Report) -> None:
    """A cookie may open a session; what is no text would not be the bytes that came."""
    broken = report.broken[0]
    exchange = broken.exchanges[0]
    assert exchange.answer is not None
    answer = replace(exchange.answer, headers=(("Set-Cookie", "session=1"),), content=b"\xff")
    broken = replace(broken, exchanges=(replace(exchange, answer=answer),))
    archive = RENDERERS["har"](replace(report, broken=(broken,)))
    (entry,) = valid_har(archive)
    assert entry["response"]["content"] | {"mimeType": ""} == {
        "size": 1,
        "mimeType": "",
        "text": "/w==",
        "encoding": "base64",
    }
    assert "session=1" not in archive


def test_an_answer_that_did_not_come_has_status_0(report: Report) -> None:
    """As browsers write it, with what became of the request."""
    exchange = replace(report.broken[0].exchanges[0], answer=None, error="no answer within 5 s")
    broken = replace(report.broken[0], exchanges=(exchange,))
    (entry,) = valid_har(RENDERERS["har"](replace(report, broken=(broken,))))
    assert (entry["response"]["status"], entry["response"]["comment"]) == (0, exchange.error)
