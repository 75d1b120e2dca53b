"""Delivering callbacks when they are due on the sandbox's clock."""

import asyncio
import heapq
import itertools
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from attrs import evolve

from .callbacks import Delivery, body_of, first_delivery, headers_of, refusal_of
from .faults import Armed, Stage
from .strictjson import dumps
from .tasks import Task

if TYPE_CHECKING:
    from httpx import AsyncClient

    from .world import World

MAX_PENDING = 10_000
MAX_LOG = 500
AT_ONCE = 20
TIMEOUT = 10.0
"""Real seconds a receiver has to answer."""


class Courier:
    """Holds what is to be delivered, and a task on the server's loop that delivers it."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.log: deque[Delivery] = deque(maxlen=MAX_LOG)
        self._numbers = itertools.count(1)
        self._pending: list[tuple[float, int, Delivery]] = []
        self._under_way: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken, self._settled = asyncio.Event(), asyncio.Event()
        self._runner: asyncio.Task[None] | None = None
        world.clock.on_advance(self.wake)

    def reset(self) -> None:
        """Forget what is pending and what was sent."""
        with self.world.lock:
            self._pending.clear()
            self.log.clear()

    def plan(self, task: Task) -> None:
        """Deliver the task's callback when it ends, if it asks for one."""
        delivery = first_delivery(task)
        if delivery is None:
            return
        armed = self.world.faults.claim(
            Stage.CALLBACK, task.gateway, "callback", lambda: task.prompt
        )
        for planned in _spoilt(delivery, armed):
            self._add(planned)

    def _add(self, delivery: Delivery) -> None:
        delivery.number = next(self._numbers)
        with self.world.lock:
            self.log.append(delivery)
            if delivery.outcome == "waiting" and len(self._pending) < MAX_PENDING:
                heapq.heappush(self._pending, (delivery.due, delivery.number, delivery))

    def wake(self) -> None:
        """Look again at what is due. From any thread."""
        if self._loop is not None:
            _call_in(self._loop, self._woken.set)

    def run(self) -> None:
        """Make sure that deliveries go out. On the server's loop."""
        if self._pending and (self._runner is None or self._runner.done()):
            self._loop = asyncio.get_running_loop()
            self._woken, self._settled = asyncio.Event(), asyncio.Event()
            self._runner = self._loop.create_task(self._deliver_all())
        self._woken.set()

    async def idle(self) -> None:
        """Until nothing that is due now is still to be sent. On the server's loop."""
        self.run()
        while self._seconds_left() == 0 or self._under_way:
            self._settled.clear()
            await self._settled.wait()

    def _seconds_left(self) -> float | None:
        """Of the sandbox's time until the next delivery is due; None if none is planned."""
        with self.world.lock:
            due = self._pending[0][0] if self._pending else None
        return None if due is None else max(0.0, due - self.world.clock.now())

    def _next_due(self) -> Delivery | None:
        with self.world.lock:
            if self._seconds_left() != 0:
                return None
            return heapq.heappop(self._pending)[2]

    async def _deliver_all(self) -> None:
        from httpx import AsyncClient

        async with AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
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
        wait = None if left is None else self.world.clock.real_seconds(left)
        with suppress(TimeoutError):
            async with asyncio.timeout(None if len(self._under_way) == AT_ONCE else wait):
                await self._woken.wait()

    def _start_due(self, client: "AsyncClient") -> None:
        while len(self._under_way) < AT_ONCE and (delivery := self._next_due()) is not None:
            task = asyncio.get_running_loop().create_task(self._deliver(client, delivery))
            self._under_way.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._under_way.discard(task)
        self._woken.set()

    async def _deliver(self, client: "AsyncClient", delivery: Delivery) -> None:
        delivery.outcome = await self._post(client, delivery)
        again = delivery.again()
        # Not in the log any more: the world was reset meanwhile.
        if again is not None and any(known is delivery for known in self.log):
            self._add(again)

    async def _post(self, client: "AsyncClient", delivery: Delivery) -> str:
        from httpx import HTTPError, InvalidURL

        world = self.world
        task = world.task(delivery.gateway, delivery.task_id)
        refusal = refusal_of(delivery.url, world.settings.callback_hosts)
        if task is None or refusal is not None:
            return refusal or "not sent: the task was dropped"
        delivery.sent = world.clock.now()
        delivery.body = body_of(task, world.profile, delivery.sent)
        delivery.headers = headers_of(delivery, world.settings)
        content = dumps(delivery.body).encode()
        try:
            answer = await client.post(delivery.url, content=content, headers=delivery.headers)
        except (HTTPError, InvalidURL) as error:
            return f"not delivered: {type(error).__name__}"
        return f"HTTP {answer.status_code}"


def _spoilt(delivery: Delivery, armed: Armed | None) -> list[Delivery]:
    """What is planned in place of one delivery."""
    if armed is None:
        return [delivery]
    name, given = armed.fault.name, armed.parameters
    if name == "lost-callback":
        delivery.outcome = "not sent: lost"
    if name == "late-callback":
        delivery.due += float(given["seconds"])
    delivery.forged = name == "forged-callback"
    copies = int(given["copies"]) if name == "duplicate-callback" else 0
    return [delivery, *(evolve(delivery) for _ in range(copies))]


def _call_in(loop: asyncio.AbstractEventLoop, call: Callable[[], object]) -> None:
    try:
        loop.call_soon_threadsafe(call)
    except RuntimeError:
        return  # the server has stopped: there is nobody left to wake
