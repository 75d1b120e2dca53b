"""Guards against giving up a task too young to be known, and waiting for a mistyped one."""

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
    envelope,
    play,
    settled,
    succeeded,
)
from client.polls import DONE, UNKNOWN, WAITING, waited
from imagen4 import TaskNotFound, TaskTimeout

NO_SUCH_TASK = envelope(404, None, "no such task")


@pytest.mark.parametrize("kind", KINDS)
def test_a_task_just_created_may_be_unknown_for_a_short_while(kind: str) -> None:
    """The gateway's copies may lag behind a create, but not for ever."""
    script = Script(creates=[created("t1")], polls=[UNKNOWN, UNKNOWN, DONE])
    assert play(kind, script, lambda c: c.generate(PROMPT)).task_ids == ("t1",)
    time = Time()
    script = Script(creates=[created("t1")], polls=[UNKNOWN])
    with pytest.raises(TaskNotFound, match="recordInfo is null"):
        play(kind, script, lambda c: c.generate(PROMPT), time=time)
    assert sum(time.sleeps) == pytest.approx(16.2)  # 6 pauses of 2.7 s: the grace is 15 s


@pytest.mark.parametrize("kind", KINDS)
def test_a_task_never_seen_is_an_error_at_once(kind: str) -> None:
    """A mistyped id is not waited for."""
    time = Time()
    with pytest.raises(TaskNotFound):
        waited(kind, UNKNOWN, time=time)
    assert time.sleeps == []


def test_a_task_that_vanishes_is_an_error_after_the_grace() -> None:
    """It was seen, so it may come back; the grace counts from the first "unknown"."""
    time = Time()
    with pytest.raises(TaskNotFound):
        waited("sync", WAITING, WAITING, UNKNOWN, time=time)
    assert sum(time.sleeps) == pytest.approx(2 * 2.7 + 16.2)
    waited("sync", WAITING, UNKNOWN, WAITING, UNKNOWN, DONE)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stray", [NO_SUCH_TASK, envelope(422), httpx.Response(404, text="<html>")])
def test_one_stray_unknown_does_not_end_a_long_wait(kind: str, stray: httpx.Response) -> None:
    """After two minutes polls are further apart than the grace is long."""
    waiting = details("t1", "generating")
    polls = [waiting] * 40
    polls[30] = stray
    script = Script(polls=[*polls, succeeded("t1")])
    assert play(kind, script, lambda c: c.job("t1").wait()).task_ids == ("t1",)


@pytest.mark.parametrize("kind", KINDS)
def test_a_task_seen_in_one_wait_is_known_in_the_next(kind: str) -> None:
    """A job taken up again forgives a stray "unknown" after a time-out, too."""
    script = Script(polls=[details("t1", "waiting"), NO_SUCH_TASK, succeeded("t1")])

    async def waited_twice(client: Any) -> Any:
        job = client.job("t1")
        with pytest.raises(TaskTimeout):
            await settled(job.wait(0))
        return await settled(job.wait())

    assert play(kind, script, waited_twice).task_ids == ("t1",)
