"""Guards against a deadline that slow servers or consumers stretch, or that costs a last poll."""

from typing import Any

import httpx
import pytest

from client.play import (
    KEY,
    KINDS,
    PROMPT,
    Script,
    Time,
    created,
    details,
    each_of,
    play,
    succeeded,
    task_id_of,
)
from imagen4 import Polling, TaskTimeout
from imagen4.configuration import make_session
from imagen4.core.answer import Answer
from imagen4.core.effects import Send
from imagen4.core.job_state import resume_job
from imagen4.core.waiting import poll_until_ended
from imagen4.events import TaskState


def hanging(time: Time) -> Any:
    """A server that accepts requests and never answers: each takes as long as it is given."""

    def reply(request: httpx.Request) -> httpx.Response:
        time.now += request.extensions["timeout"]["read"]
        raise httpx.ReadTimeout("x")

    return reply


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tasks", [1, 3, 10, 300])
def test_many_tasks_overrun_the_deadline_no_longer_than_one(kind: str, tasks: int) -> None:
    """The grace for a last answer is one for the whole wait, not one for each task."""
    time, names = Time(), [f"t{number}" for number in range(tasks)]
    with pytest.raises(TaskTimeout, match=f"{tasks} of {tasks} tasks still run"):
        play(kind, Script(polls=[hanging(time)]), lambda c: c.job(*names).wait(0.5), time=time)
    assert time.now - 1000 <= 0.5 + 5 + 1e-6


@pytest.mark.parametrize("wait", [0, 5])
def test_the_turns_of_many_tasks_are_part_of_the_grace(wait: float) -> None:
    """More tasks than the rate allows polls for are not all looked at, however quick they are."""
    time, names = Time(), [f"t{number}" for number in range(300)]
    polls = [lambda request: details(task_id_of(request), "waiting")]
    with pytest.raises(TaskTimeout, match="300 of 300 tasks still run"):
        play("sync", Script(polls=polls), lambda c: c.job(*names).wait(wait), time=time)
    assert time.now - 1000 <= wait + 5 + 1e-6


def test_forty_tasks_are_each_looked_at() -> None:
    """The grace is for slow answers: quick ones may take their turns at the documented rate."""
    time, names = Time(), [f"t{number}" for number in range(40)]

    def reply(request: httpx.Request) -> httpx.Response:
        time.now += 0.01
        return succeeded(task_id_of(request))

    result = play("sync", Script(polls=[reply]), lambda c: c.job(*names).wait(0), time=time)
    assert len(result.images) == 40


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("asked_for", [0.3, 4.0, 60.0])
def test_a_slow_consumer_costs_no_task_its_last_poll(kind: str, asked_for: float) -> None:
    """A finished task whose deadline passed while somebody else had the thread is still read."""
    time, count = Time(), 20
    script = Script(
        creates=[created(f"t{number}") for number in range(count)],
        polls=[lambda request: (
            details(task_id_of(request), "waiting")
            if time.now < 1003 and task_id_of(request) != "t0" else succeeded(task_id_of(request))
        )],
    )  # fmt: skip

    async def slowly(client: Any) -> list[Any]:
        ended: list[Any] = []
        async for each in each_of(client.generate_many(map(str, range(count)), timeout=3.3)):
            time.now += asked_for if not ended else 0.0
            ended.append(each)
        return ended

    pace = Polling(pace=((1e9, 3.0, 3.0),))
    ended = play(kind, script, slowly, time=time, polling=pace)
    assert [each.error for each in ended] == [None] * count


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("call", ["generate", "submit"])
def test_no_further_create_is_sent_after_the_deadline(kind: str, call: str) -> None:
    """Slow creates use up the time: what was not paid for yet is not paid for any more."""
    time = Time()

    def slow(_: httpx.Request) -> httpx.Response:
        time.now += 0.6
        return created("t1")

    script = Script(creates=[slow] * 4, polls=[details("t1", "waiting")])
    with pytest.raises(TaskTimeout) as caught:
        play(kind, script, lambda c: getattr(c, call)(PROMPT, num_images=4, timeout=0.5), time=time)
    assert len(script.sent("createTask")) == len(script.requests) == 1
    assert caught.value.job.task_ids == caught.value.task_ids == ("t1",)
    assert caught.value.message == (
        "The time is over after 1 of 4 creates; the others were not sent"
    )


def seen(task_id: str, state: str) -> Answer:
    return Answer(200, {}, details(task_id, state).content)


def test_a_slow_consumer_does_not_cost_other_tasks_their_last_poll() -> None:
    """What arrived before a pause counts from its arrival, not from when it is looked at."""
    time = Time()
    session = make_session("kie", KEY, None, 30.0, Polling(paced=False), False, time, lambda: 0.5)
    job = resume_job("job", ("t1",))
    steps = poll_until_ended(session, job, session.begin(job, 8.0))
    send: Any = next(steps)
    send.ended = time.now
    time.now += 12.0
    assert isinstance(steps.send(seen("t1", "generating")), TaskState)
    assert isinstance(next(steps), Send)
    with pytest.raises(TaskTimeout):
        [steps.send(seen("t1", "generating")), next(steps)]
