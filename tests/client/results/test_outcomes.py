"""Guards against a wait that hides pictures that came, or failures among them."""

import pytest

from client.play import KINDS, Script, Time, details, envelope, play, succeeded
from client.polls import UNKNOWN, WAITING, by_task, waited
from imagen4 import PartialFailure, TaskFailed, TaskNotFound


@pytest.mark.parametrize("kind", KINDS)
def test_a_failed_task_says_why(kind: str) -> None:
    """A task that failed and a clock that ran out are different errors."""
    failed = details("t1", "fail", failCode="422", failMsg="flagged\nas unsafe")
    time = Time()
    with pytest.raises(TaskFailed) as caught:
        waited(kind, WAITING, failed, time=time)
    assert (caught.value.fail_code, caught.value.fail_message) == ("422", "flagged as unsafe")
    assert caught.value.message == "The task failed: flagged as unsafe (failCode 422)"
    assert caught.value.task_ids == ("t1",)
    assert len(time.sleeps) == 1


def test_a_failed_task_without_reasons_is_still_a_failure() -> None:
    """The gateway may leave both fields empty."""
    with pytest.raises(TaskFailed, match="The task failed: no reason given"):
        waited("sync", details("t1", "fail"))


def test_code_501_with_a_task_gives_its_reasons() -> None:
    """Code 501 means "generation failed" and may come with the whole task."""
    data = {"taskId": "t1", "state": "fail", "failCode": 7, "failMsg": "too dark"}
    with pytest.raises(TaskFailed) as caught:
        waited("sync", envelope(501, data))
    assert (caught.value.fail_code, caught.value.fail_message) == ("7", "too dark")


@pytest.mark.parametrize("kind", KINDS)
def test_some_failed_some_succeeded_is_a_partial_failure(kind: str) -> None:
    """The pictures there are come with the error, in order, and every failure is named."""
    answers = {
        "t1": [details("t1", "waiting"), succeeded("t1")],
        "t2": [details("t2", "fail", failCode="500", failMsg="oops")],
        "t3": [UNKNOWN],
        "t4": [succeeded("t4")],
    }
    script = Script(polls=[by_task(answers)])
    with pytest.raises(PartialFailure) as caught:
        play(kind, script, lambda c: c.job("t1", "t2", "t3", "t4").wait())
    error = caught.value
    assert error.message == "2 of 4 tasks did not succeed: The task failed: oops (failCode 500)"
    assert error.task_ids == ("t2", "t3")
    assert [type(failure) for failure in error.failures] == [TaskFailed, TaskNotFound]
    assert [(image.task_id, image.index) for image in error.result.images] == [("t1", 0), ("t4", 1)]
    assert error.job.task_ids == ("t1", "t2", "t3", "t4")


def test_if_all_failed_the_first_failure_is_the_error() -> None:
    """There is no result that could come with it; its `task_ids` are all that failed."""
    answers = {name: [details(name, "fail", failMsg=name)] for name in ("t1", "t2")}
    script = Script(polls=[by_task(answers)])
    with pytest.raises(TaskFailed, match="The task failed: t1") as caught:
        play("sync", script, lambda c: c.job("t1", "t2").wait())
    assert caught.value.task_ids == ("t1", "t2")
    assert caught.value.job.task_ids == ("t1", "t2")


@pytest.mark.parametrize("kind", KINDS)
def test_the_result_is_in_the_order_of_the_creates(kind: str) -> None:
    """Whichever task ends first."""
    answers = {
        "t1": [details("t1", "waiting"), details("t1", "waiting"), succeeded("t1")],
        "t2": [succeeded("t2", "https://x.example/1", "https://x.example/2")],
        "t3": [details("t3", "waiting"), succeeded("t3")],
    }
    script = Script(polls=[by_task(answers)])
    result = play(kind, script, lambda c: c.job("t1", "t2", "t3").wait())
    assert [(image.task_id, image.index) for image in result.images] == [
        ("t1", 0), ("t2", 1), ("t2", 2), ("t3", 3),
    ]  # fmt: skip
    assert result.images[2].url == "https://x.example/2"
