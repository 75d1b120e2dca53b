"""Guards against a wait that ends early and loses paid tasks, or never ends."""

import json
from typing import Any

import httpx
import pytest

from client.play import (
    KINDS,
    PROMPT,
    Script,
    Time,
    created,
    details,
    play,
    settled,
    succeeded,
    task_id_of,
)
from client.polls import DONE, GENERATING, WAITING, by_task, waited
from imagen4 import InvalidRequest, Polling, TaskTimeout


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("timeout", [0, 0.5, 10, 31, 125])
def test_the_last_sleep_is_cut_to_the_deadline(kind: str, timeout: float) -> None:
    """The wait ends when it should, with a last poll at that moment, and can be resumed."""
    time = Time()
    script = Script(polls=[GENERATING])
    with pytest.raises(TaskTimeout) as caught:
        play(kind, script, lambda c: c.job("t1").wait(timeout), time=time)
    assert sum(time.sleeps) == pytest.approx(timeout)
    assert caught.value.job.task_ids == caught.value.task_ids == ("t1",)
    assert caught.value.message == "The wait is over, 1 of 1 tasks still run"
    assert caught.value.__cause__ is None
    polls = len(script.requests)
    assert polls == len(time.sleeps) + 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("timeout", [0, 10])
def test_a_clock_that_creeps_on_changes_nothing(kind: str, timeout: float) -> None:
    """The create and the last poll go out though the deadline is a moment past by then."""
    time = Time(creep=1e-6)
    script = Script(creates=[created("t1")], polls=[GENERATING])
    with pytest.raises(TaskTimeout):
        play(kind, script, lambda c: c.generate(PROMPT, timeout=timeout), time=time)
    assert sum(time.sleeps) == pytest.approx(timeout, abs=1e-3)
    assert len(script.sent("recordInfo")) == (1 if timeout == 0 else 5)


def test_the_deadline_is_900_seconds_unless_said_otherwise() -> None:
    """The documents say: give up after 10-15 minutes."""
    time = Time()
    with pytest.raises(TaskTimeout):
        waited("sync", GENERATING, time=time)
    assert sum(time.sleeps) == pytest.approx(900)
    time = Time()
    with pytest.raises(TaskTimeout):
        waited("sync", GENERATING, time=time, polling=Polling(timeout=40))
    assert sum(time.sleeps) == pytest.approx(40)


@pytest.mark.parametrize("kind", KINDS)
def test_a_timed_out_wait_can_be_resumed(kind: str) -> None:
    """Nothing is created again; the job on the error goes on where it was."""
    script = Script(creates=[created("t1")], polls=[WAITING, GENERATING, DONE])

    async def resumed(client: Any) -> Any:
        with pytest.raises(TaskTimeout) as caught:
            await settled(client.generate(PROMPT, timeout=1))
        return await settled(caught.value.job.wait())

    result = play(kind, script, resumed)
    assert result.task_ids == ("t1",)
    assert len(script.sent("createTask")) == 1


def test_a_time_out_of_several_tasks_resumes_without_asking_about_those_that_ended() -> None:
    """A task's final word does not change, so it is not asked for again."""
    answers = {"t1": [succeeded("t1")], "t2": [details("t2", "waiting")]}
    script = Script(polls=[by_task(answers)])

    def action(client: Any) -> Any:
        with pytest.raises(TaskTimeout, match="1 of 2 tasks still run") as caught:
            client.job("t1", "t2").wait(timeout=4)
        assert caught.value.task_ids == ("t1", "t2")
        answers["t2"] = [succeeded("t2")]
        return caught.value.job.wait()

    assert play("sync", script, action).task_ids == ("t1", "t2")
    assert [task_id_of(request) for request in script.requests].count("t1") == 1


def test_several_tasks_are_each_asked_once_even_without_time() -> None:
    """A wait of 0 s is a look at every task, within the rate."""
    answers = {name: [succeeded(name)] for name in ("t1", "t2", "t3", "t4")}
    time = Time()
    result = play(
        "sync", Script(polls=[by_task(answers)]), lambda c: c.job(*answers).wait(0), time=time
    )
    assert len(result.images) == 4
    assert time.sleeps == pytest.approx([0.11] * 3)


def test_several_tasks_are_all_asked_once_more_before_the_deadline() -> None:
    """Their last polls stand one after the other, so that the rate does not cost one of them."""
    answers = {name: [details(name, "waiting")] for name in ("t1", "t2", "t3", "t4")}
    time, script = Time(), Script(polls=[by_task(answers)])
    moments: dict[str, float] = {}

    def reply(request: httpx.Request) -> httpx.Response:
        moments[task_id_of(request)] = time.now - 1000
        return by_task(answers)(request)

    script = Script(polls=[reply])
    with pytest.raises(TaskTimeout, match="4 of 4 tasks still run"):
        play("sync", script, lambda c: c.job(*answers).wait(20), time=time)
    assert sum(time.sleeps) == pytest.approx(20)
    assert moments == pytest.approx({"t1": 20.0, "t2": 19.89, "t3": 19.78, "t4": 19.67})


@pytest.mark.parametrize(
    "timeout", [-1, float("nan"), float("inf"), 10**400, 1.1e9, "30", True, b"1", [1]]
)
def test_a_time_out_must_be_a_number_of_seconds(timeout: Any) -> None:
    """A negative one, or none at all, is refused before anything is sent."""
    with pytest.raises(InvalidRequest, match="timeout must be a number of seconds, 0 or more"):
        play("sync", Script(), lambda c: c.generate(PROMPT, timeout=timeout))


def test_a_poll_near_the_deadline_does_not_hang_past_it() -> None:
    """Its HTTP time-out is cut to what is left, but leaves five seconds for the answer."""
    script = Script(polls=[WAITING])
    with pytest.raises(TaskTimeout):
        play("sync", script, lambda c: c.job("t1").wait(40))
    limits = [request.extensions["timeout"]["read"] for request in script.requests]
    assert limits[0] == 30.0
    assert limits[-1] == 5.0
    assert limits[5] == pytest.approx(40 - 5 * 2.7)
    assert limits == sorted(limits, reverse=True)
    assert json.loads(WAITING.text)["data"]["state"] == "waiting"
