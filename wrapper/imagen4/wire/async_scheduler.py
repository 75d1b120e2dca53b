"""Many requests at a time, for the async client."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .loops import running_loop

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping

    from ..core.effects import Steps
    from ..core.many import Finished
    from ..interruptions import OpenJobs

T = TypeVar("T")


class AsyncScheduler(Generic[T]):
    """Runs steps side by side for `AsyncDriver` and yields their values as they come.

    run: an `AsyncDriver.run` for the steps of one request, which ends once the event is set.
    creating: the asyncio tasks that have a create out.
    """

    def __init__(
        self,
        run: Callable[[Steps[Finished[T]], asyncio.Event], Coroutine[Any, Any, Finished[T]]],
        creating: Mapping[asyncio.Task[Any] | None, object],
        limit: int,
        jobs: OpenJobs,
    ) -> None:
        self._run = run
        self._creating = creating
        self._limit = limit
        self._jobs = jobs
        self._stop = asyncio.Event()
        self._ended: asyncio.Queue[asyncio.Task[Any]] = asyncio.Queue()
        # One for all tasks, of which there may be ten thousand.
        self._end, self._context = self._ended.put_nowait, copy_context()
        self._running: set[asyncio.Task[Finished[T]]] = set()
        self._more = True  # whether there may be further items
        self._taking: asyncio.Task[Steps[Finished[T]] | None] | None = None
        self._failure: BaseException | None = None  # what the iterator raised

    async def run(
        self, every: Iterator[Steps[Finished[T]]] | AsyncGenerator[Steps[Finished[T]]]
    ) -> AsyncGenerator[Finished[T]]:
        """At most `limit` at a time; the next one is taken when there is room for it.

        every: a plain iterator must not wait for anything.
        What the iterator raises is raised when those taken before have ended. Whoever leaves
        the loop over the values waits until creates that are out have their answers, so that
        their tasks' ids are known and logged; a cancellation does not wait.
        """
        running_loop()
        try:
            while self._busy(every):
                task = await self._ended.get()
                if task is self._taking:
                    self._taken(self._taking)
                else:
                    yield self._finished(task)
                del task
        except BaseException as interruption:
            await self._leave(interruption)
            raise
        finally:
            if not isinstance(every, Iterator):
                await every.aclose()

    def _busy(
        self, every: Iterator[Steps[Finished[T]]] | AsyncGenerator[Steps[Finished[T]]]
    ) -> bool:
        """Whether something will end; first, the next item is asked for if there is room."""
        while self._more and self._taking is None and len(self._running) < self._limit:
            if isinstance(every, Iterator):
                self._add(next(every, None))
            else:
                self._taking = self._start(next_of(every))
        busy = bool(self._running or self._taking)
        if self._failure is not None and not busy:
            raise self._failure
        return busy

    def _start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        task.add_done_callback(self._end, context=self._context)
        return task

    def _add(self, steps: Steps[Finished[T]] | None) -> None:
        self._more = steps is not None
        if steps is not None:
            self._running.add(self._start(self._run(steps, self._stop)))

    def _taken(self, taking: asyncio.Task[Steps[Finished[T]] | None]) -> None:
        self._taking = None
        try:
            self._add(taking.result())
        except BaseException as problem:
            self._more, self._failure = False, problem

    def _finished(self, task: asyncio.Task[Finished[T]]) -> Finished[T]:
        self._running.remove(task)
        ended = task.result()
        self._jobs.states.pop(ended.index, None)
        return ended

    async def _leave(self, interruption: BaseException) -> None:
        """Tell what is known, then wait for the creates that are out, unless it is urgent."""
        urgent = isinstance(interruption, asyncio.CancelledError)
        awaited = set() if urgent else self._running & self._creating.keys()
        self._jobs.tell(interruption, len(awaited))
        self._stop.set()
        others = [*(self._running - awaited), *([self._taking] if self._taking else [])]
        for task in others:
            task.cancel()
        try:
            await asyncio.gather(*awaited, *others, return_exceptions=True)
        finally:
            self._jobs.mark(interruption)


async def next_of(every: AsyncGenerator[T]) -> T | None:
    """The next item, None at the end: what asyncio can make a task of."""
    return await anext(every, None)
