"""Performing effects: the sync and the async loop around the same decisions."""

from __future__ import annotations

import asyncio
from functools import partial
from inspect import isawaitable, iscoroutinefunction
from threading import Event
from typing import TYPE_CHECKING, TypeVar

from ..core.effects import Answer, Course, Effect, Fetch, Send, Sleep, Steps, Update
from ..core.many import Finished, log_untaken
from ..errors import InvalidRequest
from .scheduler import Scheduler
from .workers import Workers

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterator

    from .transport import AsyncWire, SyncWire

    OnUpdate = Callable[[Update], object]

T = TypeVar("T")
R = TypeVar("R")
DOWNLOADS = 4  # of one result side by side


class Driver:
    """Runs steps by blocking."""

    def __init__(
        self, wire: SyncWire, sleep: Callable[[float], object], clock: Callable[[], float]
    ) -> None:
        self._wire = wire
        self._sleep = sleep
        self._clock = clock

    def run(
        self, steps: Steps[T], on_update: OnUpdate | None = None, stop: Event | None = None
    ) -> T:
        """Once `stop` is set, by another thread, downloads end at their next piece."""
        check_sync(on_update)
        course = Course(steps)
        while (effect := course.advance()) is not None:
            try:
                if isinstance(effect, Fetch):
                    effect.transfer.stop = stop
                course.reply(self.perform(effect, on_update))
            except BaseException as problem:
                course.fail(problem)
        return course.value

    def updates(self, steps: Steps[object]) -> Generator[Update]:
        """The steps' updates as they come; closing the iterator closes the steps."""
        course = Course(steps)
        while (effect := course.advance()) is not None:
            try:
                if isinstance(effect, Update):
                    yield effect
                course.reply(self.perform(effect))
            except BaseException as problem:
                course.fail(problem)

    def together(self, every: list[Steps[T]], conclude: Callable[[list[T]], R]) -> R:
        """Run several at once, and conclude from what all of them returned.

        A Ctrl-C stops them, and is raised when they have cleaned up after themselves.
        """
        stop = Event()
        workers = Workers[int, T](DOWNLOADS)
        try:
            for number, steps in enumerate(every):
                workers.start(number, partial(self.run, steps, None, stop))
            ended = [next(workers.done(None)) for _ in every]
        except BaseException:
            stop.set()
            raise
        finally:
            workers.end()
        return conclude([each.get() for each in sorted(ended, key=lambda each: each.name)])

    def many(
        self, every: Iterator[Steps[Finished[T]]], limit: int, on_update: OnUpdate | None
    ) -> Generator[Finished[T]]:
        """Run any number, `limit` at once, and yield what they return as it comes."""
        check_sync(on_update)
        scheduler = Scheduler[T](self.perform, self._sleep, self._clock, on_update, limit)
        return scheduler.run(every)

    def perform(self, effect: Effect, on_update: OnUpdate | None = None) -> Answer | None:
        if isinstance(effect, Send):
            return self._wire.send(effect)
        if isinstance(effect, Fetch):
            self._wire.fetch(effect.transfer)
        elif isinstance(effect, Sleep):
            self._sleep(effect.seconds)
        elif on_update is not None:
            on_update(effect)
        return None


class AsyncDriver:
    """The same by awaiting. `on_update` may be a coroutine function."""

    def __init__(self, wire: AsyncWire, sleep: Callable[[float], Awaitable[object]]) -> None:
        self._wire = wire
        self._sleep = sleep

    async def run(
        self,
        steps: Steps[T],
        on_update: OnUpdate | None = None,
        stop: asyncio.Event | None = None,
    ) -> T:
        """Once `stop` is set, ends after the effect under way."""
        check_callable(on_update)
        course = Course(steps)
        while (effect := course.advance()) is not None:
            try:
                course.reply(await self.perform(effect, on_update))
            except BaseException as problem:
                course.fail(problem)
            if stop is not None and stop.is_set():
                course.close()
                raise asyncio.CancelledError
        return course.value

    async def updates(self, steps: Steps[object]) -> AsyncGenerator[Update]:
        course = Course(steps)
        while (effect := course.advance()) is not None:
            try:
                if isinstance(effect, Update):
                    yield effect
                course.reply(await self.perform(effect))
            except BaseException as problem:
                course.fail(problem)

    async def together(self, every: list[Steps[T]], conclude: Callable[[list[T]], R]) -> R:
        turn = asyncio.Semaphore(DOWNLOADS)

        async def run(steps: Steps[T]) -> tuple[T]:
            async with turn:
                return (await self.run(steps),)  # wrapped: steps may return an error

        ended = await asyncio.gather(*map(run, every), return_exceptions=True)
        for each in ended:
            if isinstance(each, BaseException):
                raise each
        return conclude([each[0] for each in ended if not isinstance(each, BaseException)])

    async def many(
        self, every: Iterator[Steps[Finished[T]]], limit: int, on_update: OnUpdate | None
    ) -> AsyncGenerator[Finished[T]]:
        """Run any number, `limit` at once, and yield what they return as it comes.

        Whoever leaves the loop over them waits until creates that are out have their answers,
        so that their tasks' ids are known and logged; a cancellation does not wait.
        """
        ended: asyncio.Queue[asyncio.Task[Finished[T]]] = asyncio.Queue()
        running: set[asyncio.Task[Finished[T]]] = set()
        stop, creating = asyncio.Event(), self._wire.creating
        try:
            while True:
                while len(running) < limit and (steps := next(every, None)):
                    task = asyncio.create_task(self.run(steps, on_update, stop))
                    task.add_done_callback(ended.put_nowait)
                    running.add(task)
                if not running:
                    return
                task = await ended.get()
                running.remove(task)
                yield task.result()
        except asyncio.CancelledError:
            creating = {}
            raise
        finally:
            stop.set()
            for task in running - creating.keys():
                task.cancel()
            await log_results(running)

    async def perform(self, effect: Effect, on_update: OnUpdate | None = None) -> Answer | None:
        if isinstance(effect, Send):
            return await self._wire.send(effect)
        if isinstance(effect, Fetch):
            await self._wire.fetch(effect.transfer)
        elif isinstance(effect, Sleep):
            await self._sleep(effect.seconds)
        elif on_update is not None:
            awaited = on_update(effect)
            if isawaitable(awaited):
                await awaited
        return None


async def log_results(running: set[asyncio.Task[Finished[T]]]) -> None:
    """Wait for the tasks, and log the results that some of them still come to."""
    for ended in await asyncio.gather(*running, return_exceptions=True):
        if not isinstance(ended, BaseException):
            log_untaken(ended)


def check_sync(on_update: OnUpdate | None) -> None:
    """Refuse, before anything is sent, a function that would never be awaited."""
    check_callable(on_update)
    if iscoroutinefunction(on_update):
        raise InvalidRequest("Client calls on_update and does not await it; AsyncClient does")


def check_callable(on_update: OnUpdate | None) -> None:
    """Refuse, before anything is sent, what would be found out after the first create."""
    if on_update is not None and not callable(on_update):
        raise InvalidRequest("on_update must be a function")
