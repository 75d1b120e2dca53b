"""Guards against taking an answer without sense for a success or for a task that runs."""

from typing import Any

import httpx
import pytest

from client.play import KINDS, PICTURES, QUICK, Script, Time, details, envelope, play
from client.polls import DONE, GENERATING, waited
from imagen4 import UnexpectedResponse
from imagen4.events import Event, TaskState

STRANGE: dict[str, httpx.Response] = {
    "unknown state": details("t1", "queued"),
    "almost success": details("t1", "Success", resultJson='{"resultUrls":["https://x.example/1"]}'),
    "no state": details("t1", ""),
    "null state": envelope(200, {"taskId": "t1", "state": None}),
    "null data": envelope(200, None),
    "a list": envelope(200, []),
    "a text": envelope(200, "waiting"),
    "another task": details("t2", "success"),
    "HTML": httpx.Response(200, html="<h1>hello</h1>"),
    "cut-off JSON": httpx.Response(200, text='{"code":200,"data":{"task'),
    "not an object": httpx.Response(200, json=[1]),
    "no body": httpx.Response(200),
    "no URLs": details("t1", "success", resultJson='{"resultUrls":[]}'),
    "no result": details("t1", "success", resultJson=""),
    "text result": details("t1", "success", resultJson='{"resultObject":{}}'),
    "unreadable result": details("t1", "success", resultJson="{"),
    "null URLs": details("t1", "success", resultJson='{"resultUrls":[null,"",3]}'),
    "unknown code": envelope(299),
    "redirect": httpx.Response(302, headers={"Location": "/elsewhere"}),
    "418": httpx.Response(418),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE)
def test_an_answer_that_makes_no_sense_is_tolerated_for_a_minute(
    kind: str, strange: httpx.Response
) -> None:
    """It is neither success nor "still running" for ever: a minute of them is an error."""
    assert waited(kind, *[strange] * 15, DONE).task_ids == ("t1",)
    time = Time()
    with pytest.raises(UnexpectedResponse) as caught:
        waited(kind, strange, time=time)
    assert 60 <= sum(time.sleeps) < 67
    assert caught.value.http_status == strange.status_code
    assert caught.value.body == strange.text
    assert caught.value.job.task_ids == ("t1",)


def test_sense_in_between_starts_the_minute_again() -> None:
    """Only answers in a row count."""
    strange = STRANGE["unknown state"]
    polls = [strange, strange, strange, GENERATING] * 12
    assert waited("sync", *polls, DONE).task_ids == ("t1",)


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_state_is_reported(kind: str) -> None:
    """`on_event` sees the gateway's word and why it is a problem."""
    events: list[Event] = []
    waited(kind, STRANGE["unknown state"], DONE, on_event=events.append)
    first, last = events[:2]
    assert isinstance(first, TaskState)
    assert first.task.state == "queued"
    assert type(first.error) is UnexpectedResponse
    assert first.error.message == "The task is in a state that no document knows: queued"
    assert isinstance(last, TaskState)
    assert last.task.succeeded


def contradiction() -> httpx.Response:
    body = details("t1", "success", resultJson=PICTURES).json() | {"code": 501}
    return httpx.Response(200, json=body)


@pytest.mark.parametrize("ask", [lambda c: c.job("t1").wait(), lambda c: c.job("t1").status()])
def test_a_code_that_contradicts_the_state_is_believed_by_nobody(ask: Any) -> None:
    """Waiting and looking come to the same: neither a success nor a failure."""
    with pytest.raises(UnexpectedResponse, match="its state is success"):
        play("sync", Script(polls=[contradiction()]), ask, polling=QUICK)
