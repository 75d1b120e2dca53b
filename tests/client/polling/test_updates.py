"""Guards against a caller who waits and does not hear of ids and states in time."""

from typing import Any

import pytest

from client.play import KINDS, PROMPT, Script, created, details, each_of, envelope, play, settled
from client.polls import DONE, GENERATING, WAITING, waited
from imagen4 import GatewayUnavailable, InvalidRequest, TaskFailed, Update


@pytest.mark.parametrize("kind", KINDS)
def test_updates_tell_everything_as_it_is_learned(kind: str) -> None:
    """Ids as soon as they exist, then states, with the seconds since the call began."""
    script = Script(creates=[created("t1")], polls=[WAITING, envelope(500), DONE])
    updates: list[Update] = []
    play(kind, script, lambda c: c.generate(PROMPT, on_update=updates.append))
    told = [(each.state, each.elapsed, each.task_ids, type(each.problem)) for each in updates]
    nothing = type(None)
    assert told == [
        ("submitted", 0.0, ("t1",), nothing),
        ("waiting", 0.0, ("t1",), nothing),
        ("", pytest.approx(2.7), ("t1",), GatewayUnavailable),
        ("success", pytest.approx(5.4), ("t1",), nothing),
    ]
    assert [each.task is None for each in updates] == [True, False, True, False]
    assert [each.problem.gateway for each in updates if each.problem] == ["kie"]


@pytest.mark.parametrize("kind", KINDS)
def test_updates_can_be_iterated(kind: str) -> None:
    """`updates()` yields what `on_update` gets, and `wait()` then has the result at hand."""
    script = Script(polls=[WAITING, GENERATING, DONE])

    async def told(client: Any) -> Any:
        job = client.job("t1")
        states = [update.state async for update in each_of(job.updates())]
        return states, await settled(job.wait())

    states, result = play(kind, script, told)
    assert states == ["waiting", "generating", "success"]
    assert result.task_ids == ("t1",)
    assert len(script.requests) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_updates_raise_what_a_wait_raises(kind: str) -> None:
    """At the end, after the update that tells of it."""
    script = Script(polls=[details("t1", "fail")])
    with pytest.raises(TaskFailed) as caught:
        play(kind, script, lambda c: c.job("t1").updates())
    assert caught.value.job.task_ids == ("t1",)


def test_on_update_may_be_a_coroutine_function_for_the_async_client() -> None:
    """It is awaited before anything else happens."""
    states: list[str] = []

    async def on_update(update: Update) -> None:
        await settled(None)
        states.append(update.state)

    waited("async", WAITING, DONE, on_update=on_update)
    assert states == ["waiting", "success"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_be_called_is_refused(kind: str) -> None:
    """Before anything is sent, and not after the first task was paid for."""
    script = Script()
    with pytest.raises(InvalidRequest, match="on_update must be a function"):
        play(kind, script, lambda c: c.generate(PROMPT, on_update=5))
    assert script.requests == []


@pytest.mark.parametrize("many", [False, True])
def test_the_sync_client_refuses_a_coroutine_function(many: bool) -> None:
    """It would never be awaited; said before anything is sent."""

    async def on_update(_: Update) -> None:
        raise AssertionError

    def action(client: Any) -> Any:
        if many:
            return list(client.generate_many([PROMPT], on_update=on_update))
        return client.generate(PROMPT, on_update=on_update)

    script = Script()
    with pytest.raises(InvalidRequest, match="AsyncClient"):
        play("sync", script, action)
    assert script.requests == []
