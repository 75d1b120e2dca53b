"""What becomes of an order, as a few steps whose results an engine keeps.

Run again after the process died, it gets the results of the steps that ended, and goes on behind
them. So it decides by nothing else: no clock, no chance but that of the order.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, Protocol

from ..core.polling import Polling
from .orders import Order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .desk import Desk

LATER = 30.0  # seconds until a create is tried again that certainly did not arrive
ATTEMPTS = 20


class Engine(Protocol):
    """Keeps what steps return, and when waits end."""

    def step(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """What it returns now, or returned when it was done before, as JSON has it."""

    def sleep(self, seconds: float) -> None:
        """Also across a restart."""

    def wait_for_callback(self, seconds: float) -> None:
        """The same, but a callback ends it."""


def fulfil(desk: Desk, engine: Engine, given: dict[str, Any]) -> Any:
    """Create, wait, download, record; returns the state of the request, and why."""
    order, refused = Order.from_json(given), list[str]()
    came, reason, name = "ended", "No account is left that may pay for it", None
    for _ in range(ATTEMPTS):
        name = engine.step(desk.choose, order, refused)
        if name is None:
            break
        came, reason = engine.step(desk.create, order, name)
        if came == "later":
            engine.sleep(LATER)
        elif came == "elsewhere":
            refused.append(name)
        else:
            break
    if came == "done":
        for pause in pauses(order.tag):
            if engine.step(desk.look, order, name):
                break
            engine.wait_for_callback(pause)
        reason = engine.step(desk.save, order, name) or reason
    return engine.step(desk.end, order, reason)


def pauses(seed: str) -> Iterator[float]:
    """Seconds between two polls of a task, at the documented pace, until it is time to give up."""
    polling, chance, waited = Polling(), random.Random(seed), 0.0
    while waited < polling.timeout:
        pause = polling.interval(waited, chance.random)
        yield pause
        waited += pause
