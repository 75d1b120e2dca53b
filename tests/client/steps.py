"""The client's decisions, taken step by step: settings whose clock stands still, and answers."""

import json
from typing import Any

from client.play import KEY
from imagen4 import Polling, Request
from imagen4.configuration import configured
from imagen4.core.batch import Batch
from imagen4.core.effects import Answer
from imagen4.core.settings import Settings


def core(base_url: str | None = None, now: float = 0.0, **polling: Any) -> Settings:
    """Settings with a clock that stands still and no randomness."""
    waits = Polling(**polling)
    return configured("kie", KEY, base_url, 30.0, waits, False, lambda: now, lambda: 0.0)


def answer(body: object, status: int = 200, **headers: str) -> Answer:
    """An answer with that body, as JSON unless it is bytes."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, headers, content)


def ended(steps: Any, answer: object) -> Any:
    """What steps return after one effect, answered (or failed) so."""
    next(steps)
    try:
        steps.throw(answer) if isinstance(answer, Exception) else steps.send(answer)
    except StopIteration as end:
        return end.value
    raise AssertionError("the steps go on")


def document_of(numbers: str) -> dict[str, Any]:
    """A document of `input` whose numbers are of that type."""
    kinds = {name: {"type": numbers} for name in ("num_images", "seed")}
    return {"properties": {"prompt": {}, **kinds}}


def batch(settings: Settings, **request: Any) -> Batch:
    """The batch of a request for a fox."""
    return settings.batch(Request("a fox", **request))
