"""Guards against a caller who waits and does not hear of ids and states in time."""

from typing import Any

import pytest

from client.play import KINDS, PROMPT, Script, created, details, each_of, envelope, play, settled
from client.polls import DONE, GENERATING, WAITING, states_told, waited
from imagen4 import GatewayUnavailable, InvalidRequest, Request, TaskFailed
from imagen4.events import CreateStarting, Event, PollFailed, RequestEnded, TaskCreated, TaskState


@pytest.mark.parametrize("kind", KINDS)
def test_events_tell_everything_as_it_is_learned(kind: str) -> None:
    """What is about to be sent, ids as soon as they exist, then states, then the end."""
    script = Script(creates=[created("t1")], polls=[WAITING, envelope(500), DONE])
    events: list[Event] = []
    play(kind, script, lambda c: c.generate(PROMPT, on_event=events.append))
    assert [(type(each), each.task_id, each.elapsed) for each in events] == [
        (CreateStarting, None, 0.0),
        (TaskCreated, "t1", 0.0),
        (TaskState, "t1", 0.0),
        (PollFailed, "t1", pytest.approx(2.7)),
        (TaskState, "t1", pytest.approx(5.4)),
        (RequestEnded, None, pytest.approx(5.4)),
    ]
    (failed,) = [each for each in events if isinstance(each, PollFailed)]
    assert type(failed.error) is GatewayUnavailable
    assert failed.error.gateway == "kie"


@pytest.mark.parametrize("kind", KINDS)
def test_every_event_says_which_request_it_is_about(kind: str) -> None:
    """Its place among many, the caller's own tag, one job id for each, and the gateway."""
    script = Script(creates=[created("t1"), created("t1")], polls=[DONE])
    events: list[Event] = []
    requests = [Request("a", tag="first"), Request("b")]
    play(kind, script, lambda c: c.generate_many(requests, on_event=events.append))
    told = {(each.index, each.tag, each.job_id) for each in events}
    assert {each[:2] for each in told} == {(0, "first"), (1, None)}
    assert len({job_id for _, _, job_id in told}) == len(told) == 2
    assert {each.gateway for each in events} == {"kie"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_clients_listener_hears_of_every_call(kind: str) -> None:
    """Beside the call's own, which hears it first."""
    heard: list[str] = []

    def hear(who: str) -> Any:
        return lambda event: heard.append(who) if isinstance(event, TaskCreated) else None

    script = Script(creates=[created("t1")])
    action = lambda c: c.submit(PROMPT, on_event=hear("call"))  # noqa: E731
    play(kind, script, action, on_event=hear("client"))
    assert heard == ["call", "client"]


@pytest.mark.parametrize("kind", KINDS)
def test_events_can_be_iterated(kind: str) -> None:
    """`events()` yields what `on_event` gets, and `wait()` then has the result at hand."""
    script = Script(polls=[WAITING, GENERATING, DONE])

    async def told(client: Any) -> Any:
        job = client.job("t1")
        events = [event async for event in each_of(job.events())]
        return states_told(events), await settled(job.wait())

    states, result = play(kind, script, told)
    assert states == ["waiting", "generating", "success"]
    assert result.task_ids == ("t1",)
    assert len(script.requests) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_iterated_events_raise_what_a_wait_raises(kind: str) -> None:
    """At the end, after the event that tells of it."""
    script = Script(polls=[details("t1", "fail")])
    with pytest.raises(TaskFailed) as caught:
        play(kind, script, lambda c: c.job("t1").events())
    assert caught.value.job is not None
    assert caught.value.job.task_ids == ("t1",)


def test_on_event_may_be_a_coroutine_function_for_the_async_client() -> None:
    """It is awaited before anything else happens."""
    events: list[Event] = []

    async def on_event(event: Event) -> None:
        await settled(None)
        events.append(event)

    waited("async", WAITING, DONE, on_event=on_event)
    assert states_told(events) == ["waiting", "success"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_be_called_is_refused(kind: str) -> None:
    """Before anything is sent, and not after the first task was paid for."""
    script = Script()
    with pytest.raises(InvalidRequest, match="on_event must be a function"):
        play(kind, script, lambda c: c.generate(PROMPT, on_event=5))
    assert script.requests == []


@pytest.mark.parametrize("many", [False, True])
def test_the_sync_client_refuses_a_coroutine_function(many: bool) -> None:
    """It would never be awaited; said before anything is sent."""

    async def on_event(_: Event) -> None:
        raise AssertionError

    def action(client: Any) -> Any:
        if many:
            return list(client.generate_many([PROMPT], on_event=on_event))
        return client.generate(PROMPT, on_event=on_event)

    script = Script()
    with pytest.raises(InvalidRequest, match="AsyncClient"):
        play("sync", script, action)
    assert script.requests == []
