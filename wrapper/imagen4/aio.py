"""The async client: the same decisions, performed by asyncio."""

# ruff: noqa: ASYNC109 - a time-out here ends a wait that can be resumed; a cancellation cannot
from __future__ import annotations

import asyncio
import random as random_numbers
import time
from typing import TYPE_CHECKING

import httpx

from .core import DEFAULT_TIMEOUT, Core
from .driving import AsyncDriver
from .fetching import AsyncFetcher
from .job import AsyncJob
from .many import Finished, checked_limit, finished
from .request import Request
from .transport import AsyncWire

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
    from types import TracebackType
    from typing import Self

    from .batch import Batch
    from .driving import OnUpdate
    from .effects import Steps
    from .gateways import Adapter
    from .literals import AspectRatio, Gateway
    from .polling import Polling
    from .result import AsyncResult
    from .task import Task


class AsyncClient:
    """As `Client`, for asyncio; `sleep` is a coroutine function, `on_update` may be one."""

    def __init__(
        self,
        gateway: Gateway | Adapter,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        polling: Polling | None = None,
        http_client: httpx.AsyncClient | None = None,
        allow_http: bool = False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        random: Callable[[], float] = random_numbers.random,
    ) -> None:
        self._core = core = Core(
            gateway, api_key, base_url, timeout, polling, allow_http, clock, random
        )
        self._injected = http_client is not None
        self._http = http_client or httpx.AsyncClient(trust_env=core.secure)
        wire = AsyncWire(core.base_url, core.key, clock, self._http)
        self._driver = AsyncDriver(wire.send, sleep)
        self._fetcher = AsyncFetcher(
            core.transfer, sleep, lambda url: self._driver.run(core.fresh_link(url))
        )

    @property
    def gateway(self) -> str:
        return self._core.name

    @property
    def base_url(self) -> str:
        return self._core.base_url

    async def generate(
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
    ) -> AsyncResult:
        """As `Client.generate`."""
        request = Request(prompt, num_images, aspect_ratio, negative_prompt, seed, callback_url)
        job = self._job(self._core.batch(request))
        return await job._finish(self._core.generate(job._batch, timeout), on_update)

    async def submit(
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
    ) -> AsyncJob:
        """As `Client.submit`."""
        request = Request(prompt, num_images, aspect_ratio, negative_prompt, seed, callback_url)
        return await self._job(self._core.batch(request))._submit(timeout, on_update)

    def job(self, *task_ids: str) -> AsyncJob:
        """As `Client.job`."""
        return self._job(self._core.taken_up(task_ids))

    async def generate_many(
        self,
        requests: Iterable[str | Request],
        *,
        max_in_flight: int = 20,
        timeout: float | None = None,
        on_update: OnUpdate | None = None,
    ) -> AsyncGenerator[Finished[AsyncResult]]:
        """As `Client.generate_many`."""
        limit = checked_limit(max_in_flight)
        done: asyncio.Queue[asyncio.Task[Finished[AsyncResult]]] = asyncio.Queue()
        running: set[asyncio.Task[Finished[AsyncResult]]] = set()
        every = enumerate(requests)
        try:
            while True:
                while len(running) < limit and (following := next(every, None)):
                    steps = finished(*following, lambda request: self._steps(request, timeout))
                    task = asyncio.create_task(self._driver.run(steps, on_update))
                    task.add_done_callback(done.put_nowait)
                    running.add(task)
                if not running:
                    return
                task = await done.get()
                running.remove(task)
                yield task.result()
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def credits(self) -> float:
        """As `Client.credits`."""
        return await self._driver.run(self._core.credits())

    async def confirm(self, callback: Task) -> Task:
        """As `Client.confirm`."""
        (task,) = await self.job(callback.task_id).status()
        return task

    async def close(self) -> None:
        """As `Client.close`."""
        if not self._injected:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"AsyncClient({self.gateway!r}, base_url={self.base_url!r})"

    def _job(self, batch: Batch) -> AsyncJob:
        return AsyncJob(self._core, batch, self._driver, self._fetcher)

    def _steps(self, request: Request, timeout: float | None) -> Steps[AsyncResult]:
        job = self._job(self._core.batch(request))
        with job._errors():
            return job._result((yield from self._core.generate_in_turn(job._batch, timeout)))
