"""The client's decisions, taken step by step: settings whose clock stands still, and answers."""

import json
from typing import Any

from client.play import KEY
from imagen4 import Polling, Request
from imagen4.configuration import make_session
from imagen4.core.answer import Answer
from imagen4.core.job_state import JobState
from imagen4.core.planning import plan_job
from imagen4.core.session import Session
from imagen4.events import Event


def core(base_url: str | None = None, now: float = 0.0, **polling: Any) -> Session:
    """A session with a clock that stands still and no randomness."""
    waits = Polling(**polling)
    return make_session("kie", KEY, base_url, 30.0, waits, False, lambda: now, lambda: 0.0)


def answer(body: object, status: int = 200, **headers: str) -> Answer:
    """An answer with that body, as JSON unless it is bytes."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, headers, content)


def next_request(steps: Any) -> Any:
    """The next thing that steps ask for, events aside."""
    effect = next(steps)
    while isinstance(effect, Event):
        effect = next(steps)
    return effect


def ended(steps: Any, answer: object) -> Any:
    """What steps return after one request, answered (or failed) so; events are listened to."""
    next_request(steps)
    try:
        effect = steps.throw(answer) if isinstance(answer, Exception) else steps.send(answer)
        while isinstance(effect, Event):
            effect = next(steps)
    except StopIteration as end:
        return end.value
    raise AssertionError("the steps go on")


def document_of(numbers: str) -> dict[str, Any]:
    """A document of `input` whose numbers are of that type."""
    kinds = {name: {"type": numbers} for name in ("num_images", "seed")}
    return {"properties": {"prompt": {}, **kinds}}


def job(session: Session, **request: Any) -> JobState:
    """The job of a request for a fox."""
    return plan_job(session, Request("a fox", **request))
