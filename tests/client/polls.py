"""Answers to polls, and the short way to wait for a task that exists."""

from collections.abc import Callable, Iterable
from typing import Any

import httpx

from client.play import Reply, Script, Time, details, envelope, play, succeeded, task_id_of
from imagen4.events import Event, PollFailed, TaskCreated, TaskState

WAITING = details("t1", "waiting")
GENERATING = details("t1", "generating")
DONE = succeeded("t1")
UNKNOWN = envelope(422, None, "recordInfo is null")


def waited(kind: str, *polls: Reply, time: Time | None = None, **settings: Any) -> Any:
    """Take up task t1 and wait for it."""
    timeout = settings.pop("wait", None)
    on_event = settings.pop("on_event", None)
    return play(
        kind, Script(polls=polls), lambda c: c.job("t1").wait(timeout, on_event),
        time=time, **settings,
    )  # fmt: skip


def by_task(answers: dict[str, list[httpx.Response]]) -> Callable[[httpx.Request], httpx.Response]:
    """Answers for several tasks, each in its own order; the last one stays."""

    def reply(request: httpx.Request) -> httpx.Response:
        left = answers[task_id_of(request)]
        answer = left.pop(0) if len(left) > 1 else left[0]
        return httpx.Response(answer.status_code, content=answer.content)

    return reply


def states_told(events: Iterable[Event]) -> list[str]:
    """What events say of tasks: "submitted", a state, or "" for a poll that brought none."""
    told = {TaskCreated: lambda _: "submitted", PollFailed: lambda _: ""}
    told[TaskState] = lambda event: event.task.state
    return [told[type(event)](event) for event in events if type(event) in told]
