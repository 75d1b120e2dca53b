"""A client's settings: what every decision needs to know, and nothing that does I/O."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .batch import Batch
from .checks import of_kind, seconds
from .errors import InvalidRequest
from .gateways import Adapter, adapter_for
from .origins import checked_base_url, checked_key
from .pacing import Pacer
from .polling import Polling
from .request import Request, planned
from .task import usable_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from .literals import Gateway

DEFAULT_TIMEOUT = 30.0


@dataclass(slots=True)
class Core:
    """One gateway with its settings.

    timeout: seconds for one HTTP exchange. clock: monotonic. random: numbers in [0, 1).
    key: for the gateway, and to cut it out of texts.
    """

    adapter: Adapter
    base_url: str
    key: str = field(repr=False)
    timeout: float
    polling: Polling
    allow_http: bool
    clock: Callable[[], float]
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

    @staticmethod
    def now() -> datetime:
        return datetime.now(UTC)

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


def configured(
    gateway: Gateway | Adapter,
    api_key: str | None,
    base_url: str | None,
    timeout: float,
    polling: Polling | None,
    allow_http: bool,
    clock: Callable[[], float],
    random: Callable[[], float],
) -> Core:
    """The settings as a caller gives them, checked. Raises InvalidRequest."""
    adapter = adapter_for(gateway)
    origin = checked_base_url(base_url or adapter.server, allow_http=allow_http)
    key = os.environ.get(adapter.key_variable) if api_key is None else api_key
    key = checked_key(key, adapter.key_variable)
    patience = seconds(timeout, "timeout", zero=False)
    pace = Polling() if polling is None else of_kind(polling, Polling, "polling")
    return Core(adapter, origin, key, patience, pace, allow_http, clock, random)


def taken_up(task_ids: tuple[str, ...]) -> Batch:
    """Tasks created earlier, each of them once."""
    if not task_ids or not all(usable_id(task_id) for task_id in task_ids):
        raise InvalidRequest("job() takes the ids of tasks, one or more")
    return Batch(task_ids=list(dict.fromkeys(task_ids)))
