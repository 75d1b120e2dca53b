"""A client's settings: what every decision needs to know, and nothing that does I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import InvalidRequest
from .batch import Batch
from .checks import seconds
from .pacing import Pacer
from .request import planned

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ..gateways.adapter import Adapter
    from .polling import Polling
    from .request import Request


@dataclass(slots=True)
class Settings:
    """One gateway with its settings.

    timeout: seconds for one HTTP exchange. clock: monotonic. now: the time of day, with its zone.
    random: numbers in [0, 1).
    key: for the gateway, and to cut it out of texts.
    """

    adapter: Adapter
    base_url: str
    key: str = field(repr=False)
    timeout: float
    polling: Polling
    allow_http: bool
    clock: Callable[[], float]
    now: Callable[[], datetime]
    random: Callable[[], float]
    creates: Pacer = field(init=False)
    polls: Pacer = field(init=False)

    def __post_init__(self) -> None:
        paced = self.polling.paced
        count, period = self.adapter.creates
        self.creates = Pacer(count, period if paced else 0.0)
        count, period = self.adapter.polls
        # One by one rather than in bursts: polls of many tasks spread out.
        self.polls = Pacer(1, period / count if paced else 0.0)

    @property
    def name(self) -> str:
        return self.adapter.name

    @property
    def secure(self) -> bool:
        """Whether the gateway is reached by https. If not, no proxy may see the key."""
        return self.base_url.startswith("https:")

    def batch(self, request: Request) -> Batch:
        """The creates of a request, none of them sent. Raises InvalidRequest."""
        try:
            plans = planned(request, self.adapter.input_schema, self.name)
        except InvalidRequest as error:
            error.gateway = self.name
            raise
        words = tuple(word for word in (request.prompt, request.negative_prompt) if word)
        return Batch(plans, request.callback_url or None, words)

    def deadline(self, timeout: float | None) -> tuple[float, float]:
        """Now, and the moment to give up, on the monotonic clock."""
        patience = seconds(self.polling.timeout if timeout is None else timeout, "timeout")
        started = self.clock()
        return started, started + patience
