"""Creating a task, step by step: what is said, logged and remembered on the way."""

import logging
from datetime import UTC, datetime

import pytest

from client.steps import answer, batch, core
from imagen4 import AuthenticationError, RateLimited, TransportError, UnexpectedResponse
from imagen4.core.batch import Batch
from imagen4.core.effects import Call, Send, Sleep, Update
from imagen4.core.request import Planned
from imagen4.core.submission import paced, sent_once, submitted, task_id_or_error, uncertain


def test_an_uncertain_create_says_what_is_known() -> None:
    """When it left, what came back, which id it may have, and the tasks that are certain."""
    send = Send(Call("POST", "/"), 1.0, answer({"data": {"recordId": "r1"}}, 500))
    tasks = Batch((Planned({}, None),) * 3, task_ids=["t1"], create=send)
    problem = TransportError("No answer", code=500, http_status=502, body="x")
    error = uncertain(tasks, problem, datetime(2026, 11, 20, 12, 5, 6, tzinfo=UTC))
    assert error.message == (
        "Create 2 of 3, sent at 2026-11-20 12:05:06 UTC, may have been accepted and was not "
        "repeated: No answer"
    )
    assert (error.sent_at, error.record_id) == (datetime(2026, 11, 20, 12, 5, 6, tzinfo=UTC), "r1")
    assert (error.task_ids, error.code, error.http_status, error.body) == (("t1",), 500, 502, "x")


def test_each_task_is_logged_and_reported_at_once(caplog: pytest.LogCaptureFixture) -> None:
    """So that nothing that was paid for is known to nobody."""
    settings, tasks = core(), batch(core(), num_images=2, seed="7")
    caplog.set_level(logging.INFO, "imagen4")
    steps = submitted(settings, tasks, 0.0, 10.0)
    assert isinstance(next(steps), Send)
    update = steps.send(answer({"code": 200, "data": {"taskId": "t1"}}))
    assert update == Update("t1", "submitted", 0.0, ("t1",))
    assert [record.getMessage() for record in caplog.records] == ["kie: created task t1"]
    assert (tasks.task_ids, tasks.seeds, tasks.seen) == (["t1"], {"t1": "7"}, {"t1": 0.0})


def test_a_refused_create_is_no_longer_under_way() -> None:
    """An interruption after it does not say that it may have been accepted."""
    settings, tasks = core(), batch(core())
    steps = sent_once(settings, tasks, settings.adapter.create({"prompt": "a"}, None))
    assert next(steps) is tasks.create
    with pytest.raises(StopIteration) as end:
        steps.send(answer({"code": 401, "msg": "no"}))
    assert isinstance(end.value.value, AuthenticationError)
    assert tasks.create is None


def test_a_turn_that_comes_too_late_is_not_waited_for() -> None:
    """The message says which limit is meant."""
    settings = core()
    for _ in range(20):
        settings.creates.reserve(0.0)
    with pytest.raises(RateLimited) as caught:
        list(paced(settings, 10.0))
    assert caught.value.message == (
        "Not sent: the gateway allows 20 creates in 10 s, and this one's turn comes after the "
        "deadline"
    )
    settings = core()
    for _ in range(20):
        settings.creates.reserve(0.0)
    assert list(paced(settings, 11.0)) == [Sleep(pytest.approx(11.0))]


def test_a_success_without_an_id_says_so() -> None:
    """It keeps the answer."""
    error = task_id_or_error(core(), Batch(), answer({"code": 200, "data": {}}))
    assert isinstance(error, UnexpectedResponse)
    assert error.message == "A success with no usable task id"
    assert (error.code, error.http_status, error.body) == (200, 200, '{"code": 200, "data": {}}')


def test_moments_are_aware() -> None:
    """They are compared with the gateway's."""
    assert core().now().utcoffset() is not None
