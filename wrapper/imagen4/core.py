"""What the sync and the async client have in common: everything but the I/O."""

from __future__ import annotations

import os
from math import inf
from typing import TYPE_CHECKING, TypeVar

from .batch import Batch, Context, logger, remembered
from .download import Transfer
from .effects import Answer, Call, Send, Steps
from .envelope import described, opened, refusal
from .errors import InvalidRequest, TransportError, UnexpectedResponse
from .gateways import Adapter, adapter_for, data_of
from .origins import checked_base_url, checked_key
from .polling import Polling
from .reading import news_in
from .request import Request, planned
from .submission import submitted
from .task import Task, number, usable_id
from .waiting import waited

if TYPE_CHECKING:
    from collections.abc import Callable

    from .literals import Gateway

T = TypeVar("T")
DEFAULT_TIMEOUT = 30.0


class Core:
    """A gateway, its settings, and the steps of every operation."""

    def __init__(
        self,
        gateway: Gateway | Adapter,
        api_key: str | None,
        base_url: str | None,
        timeout: float,
        polling: Polling | None,
        allow_http: bool,
        clock: Callable[[], float],
        random: Callable[[], float],
    ) -> None:
        self.adapter = adapter_for(gateway)
        self.allow_http = allow_http
        self.base_url = checked_base_url(base_url or self.adapter.server, allow_http=allow_http)
        variable = self.adapter.key_variable
        self.key = checked_key(os.environ.get(variable) if api_key is None else api_key, variable)
        if not timeout > 0:
            raise InvalidRequest("timeout must be a number of seconds above 0")
        self.context = Context(self.adapter, polling or Polling(), timeout, clock, random, self.key)

    @property
    def name(self) -> str:
        return self.adapter.name

    @property
    def secure(self) -> bool:
        """Whether the gateway is reached by https. If not, no proxy may see the key."""
        return self.base_url.startswith("https:")

    def transfer(self, url: str) -> Transfer:
        return Transfer(url, allow_http=self.allow_http, clock=self.context.clock)

    def batch(self, request: Request) -> Batch:
        """The creates of a request, none of them sent. Raises InvalidRequest."""
        plans = planned(request, self.adapter.input_schema, self.name)
        words = tuple(word for word in (request.prompt, request.negative_prompt) if word)
        return Batch(plans, request.callback_url or None, words)

    def taken_up(self, task_ids: tuple[str, ...]) -> Batch:
        """Tasks created earlier, each of them once."""
        if not task_ids or not all(usable_id(task_id) for task_id in task_ids):
            raise InvalidRequest("job() takes the ids of tasks, one or more")
        return Batch(task_ids=list(dict.fromkeys(task_ids)))

    def deadline(self, timeout: float | None) -> tuple[float, float]:
        """Now, and the moment to give up, on the monotonic clock."""
        patience = self.context.polling.timeout if timeout is None else timeout
        if not patience >= 0:
            raise InvalidRequest("timeout must be a number of seconds, 0 or more")
        started = self.context.clock()
        return started, started + patience

    def submit(self, batch: Batch, timeout: float | None) -> Steps[None]:
        started, deadline = self.deadline(timeout)
        return self.guarded(batch, submitted(self.context, batch, started, deadline))

    def wait(self, batch: Batch, timeout: float | None) -> Steps[list[Task]]:
        started, deadline = self.deadline(timeout)
        return self.guarded(batch, waited(self.context, batch, started, deadline))

    def generate(self, batch: Batch, timeout: float | None) -> Steps[list[Task]]:
        """Submit and wait, both within one deadline."""
        started, deadline = self.deadline(timeout)

        def steps() -> Steps[list[Task]]:
            yield from submitted(self.context, batch, started, deadline)
            return (yield from waited(self.context, batch, started, deadline))

        return self.guarded(batch, steps())

    def generate_in_turn(self, batch: Batch, timeout: float | None) -> Steps[list[Task]]:
        """Submit and wait; waiting for a turn to create does not count against the time-out."""

        def steps() -> Steps[list[Task]]:
            yield from submitted(self.context, batch, self.context.clock(), inf)
            started, deadline = self.deadline(timeout)
            return (yield from waited(self.context, batch, started, deadline))

        return self.guarded(batch, steps())

    def status(self, batch: Batch) -> Steps[tuple[Task, ...]]:
        """Ask for each task once; a task that failed is an answer, too."""

        def steps() -> Steps[tuple[Task, ...]]:
            tasks: tuple[Task, ...] = ()
            for task_id in batch.task_ids:
                tasks += ((yield from self.task(task_id, batch.words)),)
            return tasks

        return self.guarded(batch, steps())

    def task(self, task_id: str, words: tuple[str, ...]) -> Steps[Task]:
        answer: Answer = yield self.send(self.adapter.details(task_id))
        news = news_in(self.adapter, answer, task_id, (self.key, *words))
        if news.task is None:
            raise news.problem or UnexpectedResponse("The answer holds no task")
        return news.task

    def credits(self) -> Steps[float]:
        return self.guarded(Batch(), self.balance())

    def balance(self) -> Steps[float]:
        envelope = opened((yield self.send(self.adapter.credits())))
        error = refusal(envelope, secrets=(self.key,))
        if error is not None:
            raise error
        balance = number(data_of(self.adapter.credits_model, envelope.decoded))
        if balance is None:
            reason = "The answer holds no balance"
            raise described(UnexpectedResponse, envelope, reason, (self.key,))
        return balance

    def fresh_link(self, url: str) -> Steps[str | None]:
        """A new link to a picture whose own has expired; None where there is none."""
        call = self.adapter.fresh_link(url)
        if call is None:
            return None
        try:
            envelope = opened((yield self.send(call)))
        except TransportError as problem:
            logger.warning("%s: no fresh link: %s", self.name, problem.message)
            return None
        link = envelope.data if envelope.succeeded else None
        return link if isinstance(link, str) else None

    def send(self, call: Call) -> Send:
        return Send(call, self.context.timeout)

    def guarded(self, batch: Batch, steps: Steps[T]) -> Steps[T]:
        with remembered(batch, self.name):
            return (yield from steps)
