"""Sending callbacks when they are due on the sandbox's clock."""

from __future__ import annotations

import asyncio
import functools
import heapq
import itertools
import threading
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

from .strictjson import dumps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from ssl import SSLContext

    from httpx import AsyncClient

    from .callbacks import Delivery
    from .clock import Clock

MAX_PENDING = 10_000
MAX_LOG = 500
AT_ONCE = 20
TIMEOUT = 10.0
"""Real seconds a receiver has to answer."""


class CallbackSender:
    """Holds what is to be delivered, and a task on the server's loop that delivers it.

    `fill_in` writes headers and body into a delivery that is due, or says why it is not sent.
    """

    def __init__(self, clock: Clock, fill_in: Callable[[Delivery], str | None]) -> None:
        self._clock, self._fill_in = clock, fill_in
        self._lock = threading.RLock()
        self._log: deque[Delivery] = deque(maxlen=MAX_LOG)
        self._numbers = itertools.count(1)
        self._pending: list[tuple[float, int, Delivery]] = []
        self._under_way: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken, self._settled = asyncio.Event(), asyncio.Event()
        self._runner: asyncio.Task[None] | None = None
        clock.on_advance(self._wake)

    def reset(self) -> None:
        """Forget what is pending and what was sent."""
        with self._lock:
            self._pending.clear()
            self._log.clear()

    def plan(self, deliveries: Iterable[Delivery]) -> None:
        """Send each one that is still waiting when it is due."""
        for delivery in deliveries:
            delivery.number = next(self._numbers)
            with self._lock:
                self._log.append(delivery)
                if delivery.outcome == "waiting" and len(self._pending) < MAX_PENDING:
                    heapq.heappush(self._pending, (delivery.due, delivery.number, delivery))

    def deliveries(self) -> list[Delivery]:
        """Planned and tried, oldest first."""
        with self._lock:
            return list(self._log)

    def _wake(self) -> None:
        """Look again at what is due. From any thread."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the server has stopped: there is nobody left to wake
                self._loop.call_soon_threadsafe(self._woken.set)

    def run(self) -> None:
        """Make sure that deliveries go out. On the server's loop."""
        if self._pending and (self._runner is None or self._runner.done()):
            self._loop = asyncio.get_running_loop()
            self._woken, self._settled = asyncio.Event(), asyncio.Event()
            self._runner = self._loop.create_task(self._deliver_all())
        self._woken.set()

    async def wait_until_idle(self) -> None:
        """Until nothing that is due now is still to be sent. On the server's loop."""
        self.run()
        while self._seconds_left() == 0 or self._under_way:
            self._settled.clear()
            await self._settled.wait()

    def _seconds_left(self) -> float | None:
        """Of the sandbox's time until the next delivery is due; None if none is planned."""
        with self._lock:
            due = self._pending[0][0] if self._pending else None
        return None if due is None else max(0.0, due - self._clock.now())

    def _next_due(self) -> Delivery | None:
        with self._lock:
            if self._seconds_left() != 0:
                return None
            return heapq.heappop(self._pending)[2]

    async def _deliver_all(self) -> None:
        from httpx import AsyncClient

        async with AsyncClient(timeout=TIMEOUT, trust_env=False, verify=_trust()) as client:
            while self._pending or self._under_way:
                self._woken.clear()
                self._start_due(client)
                if not self._under_way:
                    self._settled.set()
                await self._pause()
        self._settled.set()

    async def _pause(self) -> None:
        """Until the next delivery is due, one has ended, or time was stepped."""
        left = self._seconds_left()
        wait = None if left is None else self._clock.real_seconds(left)
        with suppress(TimeoutError):
            async with asyncio.timeout(None if len(self._under_way) == AT_ONCE else wait):
                await self._woken.wait()

    def _start_due(self, client: AsyncClient) -> None:
        while len(self._under_way) < AT_ONCE and (delivery := self._next_due()) is not None:
            task = asyncio.get_running_loop().create_task(self._deliver(client, delivery))
            self._under_way.add(task)
            task.add_done_callback(self._forget)

    def _forget(self, ended: asyncio.Task[None]) -> None:
        self._under_way.discard(ended)
        self._woken.set()

    async def _deliver(self, client: AsyncClient, delivery: Delivery) -> None:
        delivery.outcome = self._fill_in(delivery) or await _post(client, delivery)
        repeated = delivery.next_attempt()
        # Not in the log any more: the sandbox was reset meanwhile.
        if repeated is not None and any(known is delivery for known in self.deliveries()):
            self.plan([repeated])


@functools.cache
def _trust() -> SSLContext:
    """Whom https is believed; it takes long to make, and one does for all."""
    from httpx import create_ssl_context

    return create_ssl_context()


async def _post(client: AsyncClient, delivery: Delivery) -> str:
    from httpx import HTTPError, InvalidURL

    content = dumps(delivery.body).encode()
    try:
        answer = await client.post(delivery.url, content=content, headers=delivery.headers)
    except (HTTPError, InvalidURL) as error:
        return f"not delivered: {type(error).__name__}"
    return f"HTTP {answer.status_code}"
