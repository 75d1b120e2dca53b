"""Performing effects: the sync and the async loop around the same decisions."""

from __future__ import annotations

import asyncio
import heapq
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from inspect import isawaitable
from itertools import count, islice
from queue import Empty, SimpleQueue
from threading import Event
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..core.batch import logger
from ..core.effects import Answer, Course, Effect, Fetch, Send, Sleep, Steps, Update
from ..core.many import Finished
from .transport import CONNECTIONS

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
        with ThreadPoolExecutor(DOWNLOADS) as pool:
            try:
                running = [pool.submit(self.run, steps, None, stop) for steps in every]
                wait(running)
            except BaseException:
                stop.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return conclude([each.result() for each in running])

    def many(
        self, every: Iterator[Steps[Finished[T]]], limit: int, on_update: OnUpdate | None
    ) -> Generator[Finished[T]]:
        """Run any number, `limit` at once, and yield what they return as it comes."""
        scheduler = Scheduler[Finished[T]](self.perform, self._sleep, self._clock, on_update)
        return scheduler.run(every, limit)

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

    async def run(self, steps: Steps[T], on_update: OnUpdate | None = None) -> T:
        course = Course(steps)
        while (effect := course.advance()) is not None:
            try:
                course.reply(await self.perform(effect, on_update))
            except BaseException as problem:
                course.fail(problem)
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
        ended: asyncio.Queue[asyncio.Task[Finished[T]]] = asyncio.Queue()
        running: set[asyncio.Task[Finished[T]]] = set()
        try:
            while True:
                while len(running) < limit and (steps := next(every, None)):
                    task = asyncio.create_task(self.run(steps, on_update))
                    task.add_done_callback(ended.put_nowait)
                    running.add(task)
                if not running:
                    return
                task = await ended.get()
                running.remove(task)
                yield task.result()
        finally:
            for task in running:
                task.cancel()
            for untaken in await asyncio.gather(*running, return_exceptions=True):
                if not isinstance(untaken, BaseException):
                    log_untaken(untaken)

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


class Scheduler(Generic[T]):
    """Runs courses side by side for `Driver` and yields their values as they come.

    One thread makes all decisions, as everywhere; only the requests themselves go out on
    worker threads, so that one slow answer does not hold up the others.
    """

    def __init__(
        self,
        perform: Callable[[Effect], Answer | None],
        sleep: Callable[[float], object],
        clock: Callable[[], float],
        on_update: OnUpdate | None,
    ) -> None:
        self._perform = perform
        self._sleep = sleep
        self._clock = clock
        self._on_update = on_update
        self._order = count()  # first come, first served among those due at one moment
        self._due: list[tuple[float, int, Course[T]]] = []
        self._sending: dict[Future[Answer | None], Course[T]] = {}
        # Not concurrent.futures.wait: a Ctrl-C inside it can leave a lock held for ever.
        self._done: SimpleQueue[Future[Answer | None]] = SimpleQueue()

    def run(self, every: Iterator[Steps[T]], limit: int) -> Generator[T]:
        """At most `limit` at a time; the next one is taken when there is room for it."""
        pool = ThreadPoolExecutor(min(limit, CONNECTIONS), thread_name_prefix="imagen4")
        try:
            while True:
                for steps in islice(every, limit - len(self._due) - len(self._sending)):
                    self._later(Course(steps), 0.0)
                if not self._due and not self._sending:
                    return
                yield from self._advance_due(pool)
                self._wait()
        finally:
            # A create that is out gets its answer, so that its task's id is known and logged.
            pool.shutdown(cancel_futures=True)
            for course in (*self._sending.values(), *(entry[2] for entry in self._due)):
                course.close()

    def _later(self, course: Course[T], seconds: float) -> None:
        heapq.heappush(self._due, (self._clock() + seconds, next(self._order), course))

    def _advance_due(self, pool: ThreadPoolExecutor) -> Iterator[T]:
        while self._due and self._due[0][0] <= self._clock():
            course = heapq.heappop(self._due)[2]
            effect = course.advance()
            if effect is None:
                yield course.value
            else:
                self._start(pool, course, effect)

    def _start(self, pool: ThreadPoolExecutor, course: Course[T], effect: Effect) -> None:
        if isinstance(effect, (Send, Fetch)):
            future = pool.submit(self._sent, effect, self._clock())
            self._sending[future] = course
            future.add_done_callback(self._done.put)
            return
        course.reply()
        self._later(course, effect.seconds if isinstance(effect, Sleep) else 0.0)
        if not isinstance(effect, Sleep) and self._on_update is not None:
            self._on_update(effect)

    def _sent(self, effect: Send | Fetch, queued: float) -> Answer | None:
        """On a worker thread, which may have been busy for a while."""
        if isinstance(effect, Send):
            effect.waited(self._clock() - queued)
        return self._perform(effect)

    def _wait(self) -> None:
        """Until an answer is there or a course is due."""
        pause = max(0.0, self._due[0][0] - self._clock()) if self._due else None
        if not self._sending:
            if pause:
                self._sleep(pause)
            return
        for future in self._answered(pause):
            course = self._sending.pop(future)
            problem = future.exception()
            if problem is None:
                course.reply(future.result())
            else:
                course.fail(problem)
            self._later(course, 0.0)

    def _answered(self, pause: float | None) -> Iterator[Future[Answer | None]]:
        """Those that are done by now, or the first one within the pause."""
        with suppress(Empty):
            yield self._done.get(timeout=pause)
            while True:
                yield self._done.get_nowait()


def log_untaken(finished: Finished[Any]) -> None:
    """A result that nobody took, since the loop over `generate_many` ended before, is not lost."""
    done = finished.result if finished.error is None else finished.error
    if done is not None and done.task_ids:
        logger.warning("Results that were not taken: tasks %s", ", ".join(done.task_ids))
