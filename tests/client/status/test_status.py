"""Guards against a look at tasks that waits, hides a failed task or skips one."""

from typing import Any

import httpx
import pytest

from client.play import KINDS, Reply, Script, Time, details, envelope, play, succeeded
from client.polls import UNKNOWN, by_task
from imagen4 import (
    AuthenticationError,
    GatewayUnavailable,
    Imagen4Error,
    InvalidRequest,
    PartialFailure,
    TaskNotFound,
    TransportError,
    UnexpectedResponse,
)


@pytest.mark.parametrize("kind", KINDS)
def test_status_asks_for_every_task_once(kind: str) -> None:
    """A failed task is an answer, not an error; so is a state that nobody knows."""
    answers = {
        "t1": [details("t1", "waiting")],
        "t2": [details("t2", "fail", failMsg="no")],
        "t3": [details("t3", "dreaming")],
        "t4": [succeeded("t4")],
        "t5": [details("t5", "success")],
    }
    time, script = Time(), Script(polls=[by_task(answers)])
    tasks = play(kind, script, lambda c: c.job(*answers).status(), time=time)
    assert [task.state for task in tasks] == ["waiting", "fail", "dreaming", "success", "success"]
    assert tasks[1].fail_message == "no"
    assert tasks[3].urls == ("https://files.example/t4.png",)
    assert time.sleeps == pytest.approx([0.11] * 4)  # ten a second are documented
    assert len(script.requests) == 5


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (UNKNOWN, TaskNotFound),
        (envelope(401), AuthenticationError),
        (envelope(200, None), UnexpectedResponse),
        (httpx.Response(503), GatewayUnavailable),
        (httpx.ReadTimeout("x"), TransportError),
    ],
)
def test_status_says_what_went_wrong(kind: str, answer: Reply, error: type[Imagen4Error]) -> None:
    """Without riding anything out: the caller asked for now."""
    with pytest.raises(error) as caught:
        play(kind, Script(polls=[answer]), lambda c: c.job("t1").status())
    assert caught.value.task_ids == ("t1",)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("answer", [httpx.Response(503), envelope(401), httpx.ReadTimeout("x")])
def test_what_was_read_before_it_went_wrong_is_kept(kind: str, answer: Reply) -> None:
    """The tasks after it are not asked for, and named with it."""
    polls: list[Reply] = [details("t1", "waiting"), succeeded("t2"), answer]
    script = Script(polls=polls)
    with pytest.raises(PartialFailure, match=r"^2 of 4 tasks could not be read") as caught:
        play(kind, script, lambda c: c.job("t1", "t2", "t3", "t4").status())
    assert caught.value.task_ids == ("t3", "t4")
    assert [task.state for task in caught.value.result.tasks] == ["waiting", "success"]
    assert [(each.gateway, each.task_ids) for each in caught.value.failures] == [
        ("kie", ("t3", "t4"))
    ]
    assert len(script.requests) == 3


@pytest.mark.parametrize("answer", [httpx.Response(503), envelope(401), httpx.ReadTimeout("x")])
def test_an_error_about_all_tasks_names_them_all(answer: Reply) -> None:
    """The command that takes them up again needs their ids."""
    with pytest.raises(Imagen4Error) as caught:
        play("sync", Script(polls=[answer]), lambda c: c.job("t1", "t2").status())
    assert caught.value.task_ids == ("t1", "t2")
    assert not isinstance(caught.value, PartialFailure)


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_task_does_not_hide_how_the_others_stand(kind: str) -> None:
    """All are asked for, and the error holds the tasks that could be read."""
    answers = {"t1": [UNKNOWN], "t2": [details("t2", "waiting")], "t3": [succeeded("t3")]}
    with pytest.raises(PartialFailure) as caught:
        play(kind, Script(polls=[by_task(answers)]), lambda c: c.job(*answers).status())
    assert (
        caught.value.message == "1 of 3 tasks could not be read: No such task: recordInfo is null"
    )
    assert [task.state for task in caught.value.result.tasks] == ["waiting", "success"]
    assert [type(failure) for failure in caught.value.failures] == [TaskNotFound]
    assert caught.value.task_ids == ("t1",)
    assert caught.value.job.task_ids == ("t1", "t2", "t3")


@pytest.mark.parametrize(
    "task_ids", [(), ("",), (" ",), ("t1", "a\tb"), ("x" * 257,), (None,), ("\n",)]
)
def test_job_refuses_what_is_no_task_id(task_ids: tuple[Any, ...]) -> None:
    """Before anything is sent."""
    with pytest.raises(InvalidRequest, match="by the ids of its tasks"):
        play("sync", Script(), lambda c: c.job(*task_ids))


def test_job_takes_each_task_once() -> None:
    """An id given twice is one task with one set of pictures."""
    job = play("sync", Script(), lambda c: c.job("t2", "t1", "t2"))
    assert job.task_ids == ("t2", "t1")
    assert repr(job) == "<Job kie t2 t1>"


def test_job_takes_an_id_that_a_database_has_as_a_number() -> None:
    """It is the same id as its text."""
    assert play("sync", Script(), lambda c: c.job(12, "12", 7)).task_ids == ("12", "7")
