"""The sync client."""

from __future__ import annotations

import random as random_numbers
import time
from typing import TYPE_CHECKING

import httpx

from .core import DEFAULT_TIMEOUT, Core
from .driving import Driver
from .fetching import Fetcher
from .job import Job
from .many import Finished, Scheduler, checked_limit, finished
from .request import Request
from .result import Result
from .transport import SyncWire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import TracebackType
    from typing import Self

    from .batch import Batch
    from .driving import OnUpdate
    from .effects import Steps
    from .gateways import Adapter
    from .literals import AspectRatio, Gateway
    from .polling import Polling
    from .task import Task


class Client:
    """Pictures by Imagen 4 through one gateway.

    gateway: "kie" or "apikley", or an `Adapter` of your own.
    api_key: else from KIE_API_KEY or APIKLEY_API_KEY. It goes to `base_url` and nowhere else.
    base_url: another origin, also with a path; https, or http on this machine.
    timeout: seconds for one HTTP exchange. How long to wait for pictures: `polling`, or the
        call's own `timeout`.
    http_client: used as it is and not closed; its headers, auth and redirects are not.
    allow_http: allow plain http anywhere.
    clock, sleep, random: seams for tests: a monotonic clock, what passes time on it, and
        numbers in [0, 1).
    """

    def __init__(
        self,
        gateway: Gateway | Adapter,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        polling: Polling | None = None,
        http_client: httpx.Client | None = None,
        allow_http: bool = False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        random: Callable[[], float] = random_numbers.random,
    ) -> None:
        self._core = core = Core(
            gateway, api_key, base_url, timeout, polling, allow_http, clock, random
        )
        self._injected = http_client is not None
        self._http = http_client or httpx.Client(trust_env=core.secure)
        wire = SyncWire(core.base_url, core.key, clock, self._http)
        self._wire, self._sleep = wire, sleep
        self._driver = Driver(wire.send, sleep)
        self._fetcher = Fetcher(
            core.transfer, sleep, lambda url: self._driver.run(core.fresh_link(url))
        )

    @property
    def gateway(self) -> str:
        return self._core.name

    @property
    def base_url(self) -> str:
        return self._core.base_url

    def generate(
        self,
        prompt: str,
        *,
        num_images: int = 1,
        aspect_ratio: AspectRatio | None = None,
        negative_prompt: str | None = None,
        seed: str | int | None = None,
        callback_url: str | None = None,
        timeout: float | None = None,
        on_update: OnUpdate | None = None,
    ) -> Result:
        """Make pictures and wait for them; see `Request` for the arguments.

        timeout: seconds for everything together (default: Polling.timeout), except that a
            create that is out is never cut short. on_update: called with each `Update`.
        Raises InvalidRequest before anything is sent, SubmissionUncertain, TaskTimeout,
        TaskFailed, PartialFailure, and the other errors of `imagen4.errors`.
        """
        request = Request(prompt, num_images, aspect_ratio, negative_prompt, seed, callback_url)
        job = self._job(self._core.batch(request))
        return job._finish(self._core.generate(job._batch, timeout), on_update)

    def submit(
        self,
        prompt: str,
        *,
        num_images: int = 1,
        aspect_ratio: AspectRatio | None = None,
        negative_prompt: str | None = None,
        seed: str | int | None = None,
        callback_url: str | None = None,
        timeout: float | None = None,
        on_update: OnUpdate | None = None,
    ) -> Job:
        """As `generate`, but returns as soon as all task ids are known."""
        request = Request(prompt, num_images, aspect_ratio, negative_prompt, seed, callback_url)
        return self._job(self._core.batch(request))._submit(timeout, on_update)

    def job(self, *task_ids: str) -> Job:
        """Take up tasks created earlier, by another process, or before a time-out."""
        return self._job(self._core.taken_up(task_ids))

    def generate_many(
        self,
        requests: Iterable[str | Request],
        *,
        max_in_flight: int = 20,
        timeout: float | None = None,
        on_update: OnUpdate | None = None,
    ) -> Iterator[Finished[Result]]:
        """Results as they complete, a failure being a result like the others.

        At most `max_in_flight` requests are taken from the iterable ahead of those completed.
        Creates and polls keep to the gateway's limits. timeout: seconds to wait for each
        request, from when its tasks exist. Closing the iterator early leaves tasks behind
        that were paid for: their ids are logged at WARNING.
        """
        limit = checked_limit(max_in_flight)
        every = (
            finished(index, item, lambda request: self._steps(request, timeout))
            for index, item in enumerate(requests)
        )
        clock = self._core.context.clock
        return Scheduler[Finished[Result]](self._wire.send, self._sleep, clock, on_update).run(
            every, limit
        )

    def credits(self) -> float:
        """What is left in the account."""
        return self._driver.run(self._core.credits())

    def confirm(self, callback: Task) -> Task:
        """Ask the gateway about the task of a callback: a callback's content is not signed."""
        (task,) = self.job(callback.task_id).status()
        return task

    def close(self) -> None:
        """Close the connections; an injected `http_client` stays open."""
        if not self._injected:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self.gateway!r}, base_url={self.base_url!r})"

    def _job(self, batch: Batch) -> Job:
        return Job(self._core, batch, self._driver, self._fetcher)

    def _steps(self, request: Request, timeout: float | None) -> Steps[Result]:
        job = self._job(self._core.batch(request))
        with job._errors():
            return job._result((yield from self._core.generate_in_turn(job._batch, timeout)))
