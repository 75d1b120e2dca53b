"""One create, struck by one fault."""

from typing import Any

import httpx

from imagen4.facts.protocol import CREATE_PATH
from imagen4.sandbox import Sandbox
from sandbox.conftest import Asker

IMPATIENT = 0.5
"""Real seconds after which a caller hangs up: more than a busy machine needs to be asked."""
BODY = {"model": "google/imagen4", "input": {"prompt": "a red fox"}}


def faulty_create(ask: Asker, name: str, **given: Any) -> httpx.Response:
    ask.sandbox.fault(name, **given)
    answer: httpx.Response = ask.send("POST", CREATE_PATH, json=BODY)
    return answer


def tasks(sandbox: Sandbox) -> int:
    return len(sandbox.state.tasks)
