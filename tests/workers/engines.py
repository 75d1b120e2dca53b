"""Stands in for the durable engine: keeps what steps return, and dies where it is told to."""

import json
from collections.abc import Callable
from typing import Any

from imagen4 import Request
from imagen4.sandbox import Sandbox
from imagen4.workers.orders import Order


class Killed(BaseException):
    """As SIGKILL: nothing that comes after is done."""


class KeptEngine:
    """What one process does of a workflow. `kept` is what an earlier one left, and is added to.

    dies_at: before this step, or, if `late`, when it is done and its result is not kept.
    """

    def __init__(
        self, kept: list[str] | None = None, dies_at: int | None = None, late: bool = False
    ) -> None:
        self.kept = [] if kept is None else kept
        self._dies_at, self._late = dies_at, late
        self._next = 0
        self.waits: list[float] = []

    def step(self, work: Callable[..., Any], *arguments: Any) -> Any:
        number, self._next = self._next, self._next + 1
        if number == len(self.kept):
            if number == self._dies_at and not self._late:
                raise Killed
            result = json.dumps(work(*arguments))
            if number == self._dies_at:
                raise Killed
            self.kept.append(result)
        return json.loads(self.kept[number])

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    def wait_for_callback(self, seconds: float) -> None:
        self.waits.append(seconds)


def ordered(prompt: str, *, callback_url: str | None = None, **more: Any) -> dict[str, Any]:
    """The order of one picture."""
    name = prompt.replace(" ", "-")
    request = Request(prompt, tag=name, callback_url=callback_url)
    return Order(request, (name,), **more).as_json()


def paid(sandbox: Sandbox) -> int:
    return len(sandbox.state.tasks)
