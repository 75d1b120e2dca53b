"""Tasks that exist, and waiting for them in an event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .async_image import AsyncImage
from .async_result import AsyncResult
from .downloads.async_fetched import AsyncFetched
from .job import BaseJob

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from .core.task import Task
    from .events import Event, Listener
    from .wire.async_driving import AsyncDriver


class AsyncJob(BaseJob):
    """The tasks of one request, from `AsyncClient`. Made by `submit` and `job`."""

    _driver: AsyncDriver
    _kinds = AsyncResult, AsyncImage, AsyncFetched

    async def status(self) -> tuple[Task, ...]:
        """Ask for every task once, at the documented rate.

        Returns the tasks, in order. Raises PartialFailure where some are unknown or cannot be
        read: its `tasks` are the others.
        """
        return await self._driver.run(self._read_states())

    async def wait(
        self, timeout: float | None = None, on_event: Listener | None = None
    ) -> AsyncResult:
        """Poll until all tasks have ended.

        timeout: seconds, at most (default: Polling.timeout). A last poll at the end of that
            time gets up to 5 s for its answer.
        on_event: called with each event; may be a coroutine function.
        Returns the pictures. Raises TaskTimeout (wait again, whenever you like), TaskFailed,
        PartialFailure, or what the gateway says about the key. Failed polls are ridden out.
        """
        steps = self._keep_ids(self._wait(timeout))
        result: AsyncResult = await self._driver.run(steps, on_event)
        return result

    def events(self, timeout: float | None = None) -> AsyncGenerator[Event]:
        """What `wait` learns, as it learns it; raises the same errors, at the end.

        `wait()` afterwards returns the result without asking again.
        """
        return self._driver.events(self._keep_ids(self._wait(timeout)))
