"""Tasks that exist, and waiting for them."""

# ruff: noqa: ASYNC109 - a time-out here ends a wait that can be resumed; a cancellation cannot
from __future__ import annotations

from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING, Any

from .errors import Imagen4Error, PartialFailure
from .result import AsyncImage, AsyncResult, Image, Result, pictures_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator

    from .batch import Batch
    from .core import Core
    from .driving import AsyncDriver, Driver, OnUpdate
    from .effects import Steps, Update
    from .fetching import AsyncFetcher, Fetcher
    from .task import Task


class Tasks:
    """What `Job` and `AsyncJob` have in common."""

    def __init__(self, core: Core, batch: Batch) -> None:
        self._core = core
        self._batch = batch

    @property
    def task_ids(self) -> tuple[str, ...]:
        """The gateway's ids, in the order of the pictures; enough to take the job up again."""
        return tuple(self._batch.task_ids)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._core.name} {' '.join(self.task_ids)}>"


@contextmanager
def errors_with(job: Tasks, result: Callable[[list[Task]], Any]) -> Iterator[None]:
    """Every error that passes carries the job, if there are tasks, and its partial result."""
    try:
        yield
    except Imagen4Error as error:
        if job.task_ids:
            error.job = job
        if isinstance(error, PartialFailure) and isinstance(error.result, list):
            error.result = result(error.result)
        raise


class Job(Tasks):
    """The tasks of one request. Made by `submit` and `job`."""

    def __init__(self, core: Core, batch: Batch, driver: Driver, fetcher: Fetcher) -> None:
        super().__init__(core, batch)
        self._driver = driver
        self._fetcher = fetcher

    def status(self) -> tuple[Task, ...]:
        """Ask for every task once, now."""
        with self._errors():
            return self._driver.run(self._core.status(self._batch))

    def wait(self, timeout: float | None = None, on_update: OnUpdate | None = None) -> Result:
        """Poll until all tasks have ended, `timeout` seconds at most (default: Polling.timeout).

        Raises TaskTimeout (wait again, whenever you like), TaskFailed, PartialFailure, or
        what the gateway says about the key. Failed polls are ridden out.
        """
        return self._finish(self._core.wait(self._batch, timeout), on_update)

    def updates(self, timeout: float | None = None) -> Iterator[Update]:
        """What `wait` learns, as it learns it; raises the same errors, at the end.

        `wait()` afterwards returns the result without asking again.
        """
        with self._errors():
            yield from self._driver.updates(self._core.wait(self._batch, timeout))

    def _finish(self, steps: Steps[list[Task]], on_update: OnUpdate | None) -> Result:
        with self._errors():
            return self._result(self._driver.run(steps, on_update))

    def _submit(self, timeout: float | None, on_update: OnUpdate | None) -> Job:
        with self._errors():
            self._driver.run(self._core.submit(self._batch, timeout), on_update)
        return self

    def _result(self, tasks: list[Task]) -> Result:
        fields = pictures_of(tasks, self._batch.seeds)
        return Result(tuple(Image(**each, _fetcher=self._fetcher) for each in fields), tuple(tasks))

    def _errors(self) -> Any:
        return errors_with(self, self._result)


class AsyncJob(Tasks):
    """As `Job`, for AsyncClient."""

    def __init__(
        self, core: Core, batch: Batch, driver: AsyncDriver, fetcher: AsyncFetcher
    ) -> None:
        super().__init__(core, batch)
        self._driver = driver
        self._fetcher = fetcher

    async def status(self) -> tuple[Task, ...]:
        """As `Job.status`."""
        with self._errors():
            return await self._driver.run(self._core.status(self._batch))

    async def wait(
        self, timeout: float | None = None, on_update: OnUpdate | None = None
    ) -> AsyncResult:
        """As `Job.wait`."""
        return await self._finish(self._core.wait(self._batch, timeout), on_update)

    async def updates(self, timeout: float | None = None) -> AsyncGenerator[Update]:
        """As `Job.updates`."""
        updates = self._driver.updates(self._core.wait(self._batch, timeout))
        with self._errors():
            async with aclosing(updates):
                async for update in updates:
                    yield update

    async def _finish(self, steps: Steps[list[Task]], on_update: OnUpdate | None) -> AsyncResult:
        with self._errors():
            return self._result(await self._driver.run(steps, on_update))

    async def _submit(self, timeout: float | None, on_update: OnUpdate | None) -> AsyncJob:
        with self._errors():
            await self._driver.run(self._core.submit(self._batch, timeout), on_update)
        return self

    def _result(self, tasks: list[Task]) -> AsyncResult:
        fields = pictures_of(tasks, self._batch.seeds)
        images = (AsyncImage(**each, _fetcher=self._fetcher) for each in fields)
        return AsyncResult(tuple(images), tuple(tasks))

    def _errors(self) -> Any:
        return errors_with(self, self._result)
