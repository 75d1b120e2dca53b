"""Guards against a listener that loses what is paid for, or cannot stop what is not."""

from typing import Any

import pytest

from client.play import KINDS, PROMPT, Script, created, details, play, succeeded, task_id_of
from client.polls import DONE
from imagen4 import CreateStopped, InsufficientCredits, InvalidRequest, TaskFailed
from imagen4.events import CreateRefused, CreateStarting, Event

LATER = [created("t1"), created("t2")]


class NoMoreError(Exception):
    """What a caller's own listener raises."""


def stopping(number: int, error: Exception, told: list[Event]) -> Any:
    """A listener that stops a request's create of that number, and hears of everything."""

    def on_event(event: Event) -> None:
        told.append(event)
        if isinstance(event, CreateStarting) and event.number == number:
            raise error

    return on_event


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", ["client", "call"])
def test_a_listener_stops_a_create_before_it_is_sent(kind: str, where: str) -> None:
    """Nothing leaves, nothing is paid, and the error says so."""
    script, told = Script(), list[Event]()
    listener = stopping(1, NoMoreError("budget"), told)
    client, call = (
        ({"on_event": listener}, {}) if where == "client" else ({}, {"on_event": listener})
    )
    with pytest.raises(CreateStopped, match="NoMoreError") as caught:
        play(kind, script, lambda c: c.generate(PROMPT, **call), **client)
    assert script.requests == []
    assert caught.value.accepted == "no"
    assert isinstance(caught.value.__cause__, NoMoreError)
    assert [type(each) for each in told][:2] == [CreateStarting, CreateRefused]


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_of_ours_is_raised_as_it_is(kind: str) -> None:
    """So a listener can say in this library's words why it objects."""
    script = Script()
    listener = stopping(1, InsufficientCredits("enough"), [])
    with pytest.raises(InsufficientCredits, match="enough") as caught:
        play(kind, script, lambda c: c.submit(PROMPT, on_event=listener))
    assert (script.requests, caught.value.accepted, caught.value.gateway) == ([], "no", "kie")


@pytest.mark.parametrize("kind", KINDS)
def test_tasks_created_before_are_on_the_error(kind: str) -> None:
    """Of two creates the second is stopped; the first is paid for and can be taken up."""
    script = Script(creates=[created("t1")])
    listener = stopping(2, NoMoreError(), [])
    with pytest.raises(CreateStopped) as caught:
        play(kind, script, lambda c: c.submit(PROMPT, num_images=2, on_event=listener))
    assert caught.value.task_ids == ("t1",)
    assert caught.value.job is not None


@pytest.mark.parametrize("kind", KINDS)
def test_a_stopped_create_is_one_failure_of_many(kind: str) -> None:
    """The other requests go on."""

    def on_event(event: Event) -> None:
        if isinstance(event, CreateStarting) and event.index == 0:
            raise NoMoreError

    script = Script(creates=LATER, polls=[lambda request: succeeded(task_id_of(request))])
    ended = play(kind, script, lambda c: c.generate_many(["a", "b"], on_event=on_event))
    by_index = {each.index: each for each in ended}
    assert isinstance(by_index[0].error, CreateStopped)
    assert by_index[1].result.task_ids == ("t1",)
    assert len(script.sent("createTask")) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("call", ["generate", "generate_many"])
def test_what_a_listener_raises_later_is_logged_and_loses_nothing(
    kind: str, call: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The picture was paid for and comes all the same."""

    def on_event(event: Event) -> None:
        if not isinstance(event, CreateStarting):
            raise NoMoreError("a bug of mine")

    script = Script(creates=[created("t1")], polls=[DONE])
    prompts: Any = PROMPT if call == "generate" else [PROMPT]
    found = play(kind, script, lambda c: getattr(c, call)(prompts, on_event=on_event))
    result = found if call == "generate" else found[0].get()
    assert result.task_ids == ("t1",)
    assert "kie: a listener raised at TaskCreated of task t1" in caplog.messages
    assert "a bug of mine" in caplog.text


@pytest.mark.parametrize("kind", KINDS)
def test_errors_say_whether_a_task_may_exist(kind: str) -> None:
    """A local refusal certainly made none; about a failed task there is no question."""
    with pytest.raises(InvalidRequest) as refused:
        play(kind, Script(), lambda c: c.submit(PROMPT, num_images=9))
    assert refused.value.accepted == "no"
    script = Script(creates=[created("t1")], polls=[details("t1", "fail")])
    with pytest.raises(TaskFailed) as failed:
        play(kind, script, lambda c: c.generate(PROMPT))
    assert failed.value.accepted is None
