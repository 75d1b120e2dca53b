"""Guards against losing the id of a paid task because of how an answer spells it."""

import logging

import httpx
import pytest

from client.loopback import Loopback, http
from client.play import KINDS, PROMPT, Script, created, envelope, play, succeeded, task_id_of
from client.steps import answer, core, job, next_request
from imagen4 import SubmissionUncertain, UnexpectedResponse
from imagen4.core.effects import Send
from imagen4.core.job_state import JobState
from imagen4.core.submission import create_tasks, task_id_or_error
from imagen4.events import TaskCreated


@pytest.mark.parametrize(
    "task_id",
    [12345, 9007199254740993, 10**30 + 1, "task_google_1765172350621", "!~", "x" * 256,
     "with space", "task 12345", "a/b?c=d&e#f+%20", "задача-é-任务"],
)  # fmt: skip
@pytest.mark.parametrize("data", ["named", "bare"])
def test_task_ids_of_any_shape_are_taken_and_asked_for(task_id: object, data: str) -> None:
    """The documents show another shape than the wire, and neither is promised."""
    if data == "bare" and task_id == "with space":
        return  # which may as well be a sentence
    named = {"taskId": task_id} if data == "named" else task_id
    script = Script(creates=[envelope(200, named)], polls=[succeeded(str(task_id))])
    result = play("sync", script, lambda c: c.generate(PROMPT))
    assert result.task_ids == (str(task_id),)
    (poll,) = script.sent("recordInfo")
    assert task_id_of(poll) == str(task_id)
    assert b"+" not in poll.url.query


def test_a_success_needs_no_code() -> None:
    """The documents require no code; a paid task is not given up for want of one."""
    script = Script(creates=[httpx.Response(200, json={"data": {"taskId": "t1"}})])
    assert play("sync", script, lambda c: c.submit(PROMPT)).task_ids == ("t1",)


@pytest.mark.parametrize(
    "answer",
    [
        envelope(200, None),
        envelope(200, {}),
        envelope(200, []),
        envelope(200, "it was created"),
        envelope(200, 0),
        envelope(200, {"taskId": None}),
        envelope(200, {"taskId": ""}),
        envelope(200, {"taskId": " "}),
        envelope(200, {"taskId": "two\nlines"}),
        envelope(200, {"taskId": "x" * 257}),
        envelope(200, {"taskId": -1}),
        envelope(200, {"taskId": True}),
        envelope(200, {"taskId": "undefined"}),
        envelope(200, {"recordId": "null"}),
        envelope(200, {"taskId": 10**256}),
        envelope(200, {"taskId": ["t1"]}),
        envelope(201, {}),
        envelope(0, None),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[]),
        httpx.Response(204),
        httpx.Response(101),
    ],
    ids=lambda answer: answer.text or str(answer.status_code),
)
def test_a_success_without_a_task_id_is_ambiguous(answer: httpx.Response) -> None:
    """The task may well exist, and be paid for, though its id is not to be had."""
    script = Script(creates=[answer])
    with pytest.raises(SubmissionUncertain) as caught:
        play("sync", script, lambda c: c.submit(PROMPT))
    assert len(script.requests) == 1
    assert caught.value.record_id is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "body",
    [
        b'{"code":200,"taskId":"t1"}',
        b'{"code":200,"data":[{"taskId":"t1"}]}',
        b'{"code":200,"data":{"data":{"task_id":"t1"}}}',
        rb'{"code":200,"data":"{\"taskId\": \"t1\"}"}',
        b'[{"code":200,"data":{"taskId":"t1"}}]',
        b"{'code':200,'data':{'taskId':'t1'}}",
        b'{"code":200,"data":{"taskId":"t1"}}<!-- cached -->',
    ],
)
def test_an_id_where_nobody_expects_it_is_told(kind: str, body: bytes) -> None:
    """The create is uncertain, since that may be anybody's; but it is what to look for."""
    told = pytest.raises(SubmissionUncertain)
    with Loopback(lambda _: http(200, body)) as server, told as caught:
        play(kind, None, lambda c: c.submit(PROMPT), base_url=server.url)
    assert caught.value.record_id == "t1"


def test_a_success_without_an_id_says_so() -> None:
    """It keeps the answer."""
    error = task_id_or_error(core(), JobState("job"), answer({"code": 200, "data": {}}))
    assert isinstance(error, UnexpectedResponse)
    assert error.message == "A success with no usable task id"
    assert (error.code, error.http_status, error.body) == (200, 200, '{"code": 200, "data": {}}')


def test_each_task_is_reported_at_once() -> None:
    """So that nothing that was paid for is known to nobody."""
    session, tasks = core(), job(core(), num_images=2, seed="7")
    steps = create_tasks(session, tasks, 10.0)
    assert isinstance(next_request(steps), Send)
    told = steps.send(answer({"code": 200, "data": {"taskId": "t1"}}))
    assert told == TaskCreated("kie", tasks.job_id, 0, None, 0.0, "t1", ("t1",))
    assert (tasks.task_ids, tasks.seeds, tasks.last_seen) == (["t1"], {"t1": "7"}, {"t1": 0.0})


def test_each_task_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """For whoever has no listener."""
    caplog.set_level(logging.INFO, "imagen4")
    play("sync", Script(creates=[created("t1")]), lambda c: c.submit(PROMPT))
    assert caplog.messages == ["kie: created task t1"]


@pytest.mark.parametrize(
    ("data", "is_id"),
    [
        ("9f86d081884c7d65", True), (1777539190339, True), ("task_google_176", True),
        ("job 176", True), ("задача семь", True), ("created-7", True),
        ("task created", False), ("Success, it was created.", False),
        ("https://files.example/1", False),
        ('{"taskId":"t1"}', False), (True, False), ([], False),
        *[(word, False) for word in ("ok", "OK.", "Success!", "accepted", "null", "true", " ok ")],
    ],
)  # fmt: skip
def test_what_is_all_of_data_is_an_id_if_it_looks_like_one(data: object, is_id: bool) -> None:
    """Else nobody can say which task was made: that is told, rather than asked for for ever."""
    script = Script(creates=[envelope(200, data)])
    if is_id:
        submitted = play("sync", script, lambda client: client.submit(PROMPT))
        assert submitted.task_ids == (str(data),)
        return
    with pytest.raises(SubmissionUncertain):
        play("sync", script, lambda client: client.submit(PROMPT))
