"""The async client."""

from __future__ import annotations

import asyncio
import random as random_numbers
import time
from collections.abc import AsyncGenerator, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx

from .configuration import DEFAULT_TIMEOUT, configured, of_kind
from .core.many import Finished
from .core.task import Task
from .job import AsyncJob
from .result import AsyncImage, AsyncResult
from .surface import Surface
from .wire.connections import Connections
from .wire.driving import AsyncDriver
from .wire.transport import LIMITS, AsyncWire

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Self

    from .core.polling import Polling
    from .gateways.adapter import Adapter
    from .literals import Gateway


class AsyncClient(
    Surface[
        Coroutine[Any, Any, AsyncResult],
        Coroutine[Any, Any, AsyncJob],
        AsyncJob,
        Coroutine[Any, Any, float],
        Coroutine[Any, Any, Task],
        AsyncGenerator[Finished[AsyncResult]],
    ]
):
    """As `Client`, for asyncio; `sleep` is a coroutine function, `on_update` may be one.

    It may be used in one event loop after another; an injected `http_client` only in its first.
    """

    _job_type, _image_type, _result_type = AsyncJob, AsyncImage, AsyncResult

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
        self._settings = settings = configured(
            gateway, api_key, base_url, timeout, polling, allow_http, clock, random
        )
        if http_client is not None:
            of_kind(http_client, httpx.AsyncClient, "http_client")
        own = partial(httpx.AsyncClient, limits=LIMITS, trust_env=settings.secure)
        self._connections = Connections(own, http_client)
        self._wire = AsyncWire(settings, self._connections)
        self._driver = AsyncDriver(self._wire, sleep)

    async def close(self) -> None:
        """Close the connections; an injected `http_client` stays open.

        Creates that are out get their answers first; nothing else is sent any more.
        """
        connections = self._connections.ended(asyncio.get_running_loop())
        try:
            await self._wire.creates_answered()
        finally:
            for http in connections:
                await http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()
