"""The sync client."""

from __future__ import annotations

import random as random_numbers
import time
from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING

import httpx

from .configuration import DEFAULT_TIMEOUT, configured, of_kind
from .core.many import Finished
from .core.task import Task
from .job import Job
from .result import Image, Result
from .surface import Surface
from .wire.connections import Connections
from .wire.driving import Driver
from .wire.transport import LIMITS, SyncWire

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from .core.polling import Polling
    from .gateways.adapter import Adapter
    from .literals import Gateway


class Client(Surface[Result, Job, Job, float, Task, Generator[Finished[Result]]]):
    """Pictures by Imagen 4 through one gateway.

    gateway: "kie" or "apikley", or an `Adapter` of your own.
    api_key: else from KIE_API_KEY or APIKLEY_API_KEY. It goes to `base_url` and nowhere else.
    base_url: another origin, also with a path; https, or http on this machine.
    timeout: seconds for one HTTP exchange. How long to wait for pictures: `polling`, or the
        call's own `timeout`.
    http_client: used for the gateway and not closed; its headers, auth and redirects are not.
        Its proxies and transport are, and must neither repeat a request nor keep the key. Not in
        a forked process: there, make another client.
    allow_http: allow plain http anywhere.
    clock, sleep, random: seams for tests: a monotonic clock, what passes time on it, and
        numbers in [0, 1).
    """

    _job_type, _image_type, _result_type = Job, Image, Result

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
        self._settings = settings = configured(
            gateway, api_key, base_url, timeout, polling, allow_http, clock, random
        )
        if http_client is not None:
            of_kind(http_client, httpx.Client, "http_client")
        own = partial(httpx.Client, limits=LIMITS, trust_env=settings.secure)
        self._connections = Connections(own, http_client)
        self._driver = Driver(SyncWire(settings, self._connections), sleep, clock)

    def close(self) -> None:
        """Close the connections; an injected `http_client` stays open."""
        for http in self._connections.ended():
            http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
