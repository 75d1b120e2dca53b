"""Performing effects: the sync and the async loop around the same decisions."""

from __future__ import annotations

import asyncio
import sys
from copy import copy
from functools import partial
from queue import SimpleQueue
from threading import Event as Flag
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from ..core.effects import Consult, Effect, Fetch, Send, Sleep, StepRunner, Steps
from ..events import Event
from .async_scheduler import AsyncScheduler
from .listeners import Listeners, OffLoop, tell_queued
from .loops import running_loop
from .naps import nap, nap_async
from .open_creates import OpenCreates
from .scheduler import Scheduler
from .workers import Workers

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator, Iterator
    from typing import Self

    from ..core.many import Finished
    from ..core.ports import Download
    from ..events import Listener
    from ..interruptions import OpenJobs
    from .listeners import AsyncTell, FirstListener
    from .routes import AsyncRoutes, SyncRoutes

T = TypeVar("T")
DOWNLOADS = 4  # of one result side by side
LONGEST_STOP = 0.3  # seconds that a Ctrl-C waits for them; a connection may take longer


class Driver:
    """Runs steps by blocking."""

    def __init__(
        self,
        wire: SyncRoutes,
        sleep: Callable[[float], object],
        clock: Callable[[], float],
        on_event: Listener | None,
    ) -> None:
        self._wire = wire
        self._sleep = sleep
        self._clock = clock
        self._listeners = Listeners(on_event, may_await=False)
        self.creates = OpenCreates()

    def recording(self, recorder: FirstListener) -> Self:
        """The same connections, with a ledger that is told first."""
        other = copy(self)
        other._listeners = self._listeners.recording(recorder)
        return other

    def run(self, steps: Steps[T], on_event: Listener | None = None) -> T:
        """What the steps return."""
        return self._run(steps, self._listeners.teller(on_event))

    def events(self, steps: Steps[object]) -> Generator[Event]:
        """The steps' events as they come; closing the iterator closes the steps."""
        tell = self._listeners.teller(None)
        runner = StepRunner(steps)
        try:
            while (effect := runner.advance()) is not None:
                try:
                    if isinstance(effect, Event):
                        tell(effect)
                        yield effect
                        runner.reply()
                    else:
                        runner.reply(self._perform(effect))
                except BaseException as problem:
                    runner.fail(problem)
        except BaseException as problem:
            steps.throw(problem)
            raise

    def run_all(self, every: list[Steps[T]], on_event: Listener | None) -> list[T]:
        """Run several at once on worker threads; what they return, in order.

        Events are told on this thread. A Ctrl-C stops the steps, and is raised when they have
        cleaned up after themselves.
        """
        tell = self._listeners.teller(on_event)
        if sys.is_finalizing():  # in a __del__ at the end of the program no thread begins any more
            return [self._run(steps, tell) for steps in every]
        stop, told = Flag(), SimpleQueue[Event]()
        downloads: list[Download] = []
        workers = Workers[int, T](DOWNLOADS)
        try:
            for number, steps in enumerate(every):
                workers.start(number, partial(self._run, steps, told.put, stop, downloads))
            ended = []
            for _ in every:
                ended.append(next(workers.done(None)))
                tell_queued(told, tell)
        except BaseException:
            stop.set()
            workers.end(LONGEST_STOP)
            for download in downloads:
                download.abandon()
            raise
        workers.end()
        return [each.get() for each in sorted(ended, key=lambda each: each.name)]

    def run_many(
        self,
        every: Iterator[Steps[Finished[T]]],
        limit: int,
        on_event: Listener | None,
        jobs: OpenJobs,
        waits: bool,
    ) -> Generator[Finished[T]]:
        """Run any number, `limit` at once, and yield what they return as it comes.

        waits: whether the iterator may wait for something, say for a result.
        """
        tell = self._listeners.teller(on_event)
        scheduler = Scheduler[T](self._perform, tell, self._sleep, self._clock, limit, jobs)
        return scheduler.run(every, waits)

    def _run(
        self,
        steps: Steps[T],
        tell: Callable[[Event], object],
        stop: Flag | None = None,
        downloads: list[Download] | None = None,
    ) -> T:
        """Once `stop` is set, by another thread, downloads end, at once if the host is stalled.

        downloads: whatever is begun is entered there.
        """
        under_way = [] if downloads is None else downloads
        try:
            effect = next(steps)
            while True:
                try:
                    if isinstance(effect, Fetch):
                        effect.download.stop = stop
                        under_way.append(effect.download)
                    answer = tell(effect) if isinstance(effect, Event) else self._perform(effect)
                except BaseException as problem:
                    effect = steps.throw(problem)
                else:
                    effect = steps.send(answer)
        except StopIteration as end:
            value: T = end.value
            return value
        except BaseException as problem:
            steps.throw(problem)  # if a Ctrl-C fell between two effects, they do not know of it
            raise

    def _perform(self, effect: Effect) -> object:
        if isinstance(effect, Send):
            send = self._wire.send
            return self.creates.send(effect, send) if effect.is_write else send(effect)
        if isinstance(effect, Fetch):
            self._wire.fetch(effect.download)
        elif isinstance(effect, Sleep):
            if effect.bell is None:
                self._sleep(effect.seconds)
            else:
                nap(effect.seconds, effect.bell, self._sleep)
        elif isinstance(effect, Consult):
            return effect.question()
        return None


class AsyncDriver:
    """The same by awaiting. A listener may be a coroutine function."""

    def __init__(
        self,
        wire: AsyncRoutes,
        sleep: Callable[[float], Awaitable[object]],
        on_event: Listener | None,
    ) -> None:
        self._wire = wire
        self._sleep = sleep
        self._listeners = Listeners(on_event, may_await=True)

    def recording(self, recorder: FirstListener) -> Self:
        """The same connections, with a ledger that is told first."""
        other = copy(self)
        told = OffLoop(recorder) if recorder.remote else recorder
        other._listeners = self._listeners.recording(told)
        return other

    def run(self, steps: Steps[T], on_event: Listener | None = None) -> Coroutine[Any, Any, T]:
        """What the steps return."""
        return self._run(steps, self._listeners.async_teller(on_event))

    async def events(self, steps: Steps[object]) -> AsyncGenerator[Event]:
        """The steps' events as they come; closing the iterator closes the steps."""
        running_loop()
        tell = self._listeners.async_teller(None)
        runner = StepRunner(steps)
        try:
            while (effect := runner.advance()) is not None:
                try:
                    answer = await self._performing(effect, tell)
                    if isinstance(effect, Event):
                        yield effect
                    runner.reply(answer)
                except BaseException as problem:
                    runner.fail(problem)
        except BaseException as problem:
            steps.throw(problem)
            raise

    async def run_all(self, every: list[Steps[T]], on_event: Listener | None) -> list[T]:
        """Run several at once; what they return, in order."""
        running_loop()
        slots = asyncio.Semaphore(DOWNLOADS)

        async def run(steps: Steps[T]) -> tuple[T]:
            async with slots:
                return (await self.run(steps, on_event),)  # wrapped: steps may return an error

        ended = await asyncio.gather(*map(run, every), return_exceptions=True)
        for each in ended:
            if isinstance(each, BaseException):
                raise each
        return [each[0] for each in ended if not isinstance(each, BaseException)]

    def run_many(
        self,
        every: Iterator[Steps[Finished[T]]] | AsyncGenerator[Steps[Finished[T]]],
        limit: int,
        on_event: Listener | None,
        jobs: OpenJobs,
    ) -> AsyncGenerator[Finished[T]]:
        """Run any number, `limit` at once, and yield what they return as it comes."""

        tell = self._listeners.async_teller(on_event)

        def run(steps: Steps[Finished[T]], stop: asyncio.Event) -> Coroutine[Any, Any, Finished[T]]:
            return self._run(steps, tell, stop)

        return AsyncScheduler(run, self._wire.creating, limit, jobs).run(every)

    async def _run(self, steps: Steps[T], tell: AsyncTell, stop: asyncio.Event | None = None) -> T:
        """Once `stop` is set, ends after the effect under way."""
        running_loop()
        try:
            effect = next(steps)
            while True:
                try:
                    answer = await self._performing(effect, tell)
                except BaseException as problem:
                    effect = steps.throw(problem)
                else:
                    effect = steps.send(answer)
                if stop is not None and stop.is_set():
                    await self._stop(steps, effect, tell)
        except StopIteration as end:
            value: T = end.value
            return value
        except BaseException as problem:
            steps.throw(problem)
            raise

    async def _stop(self, steps: Steps[T], effect: Effect, tell: AsyncTell) -> NoReturn:
        """What an effect has made known is still told."""
        if isinstance(effect, Event):
            await tell(effect)
        steps.close()
        raise asyncio.CancelledError

    def _performing(self, effect: Effect, tell: AsyncTell) -> Awaitable[object]:
        """What is to be awaited for it; no coroutine of our own, as ten thousand may sleep."""
        if isinstance(effect, Send):
            return self._wire.send(effect)
        if isinstance(effect, Fetch):
            return self._wire.fetch(effect.download)
        if isinstance(effect, Sleep):
            if effect.bell is None:
                return self._sleep(effect.seconds)
            return nap_async(effect.seconds, effect.bell, self._sleep)
        if isinstance(effect, Consult):
            return consult(effect)
        return tell(effect)


async def consult(effect: Consult) -> object:
    """What the ledger says; off the event loop where that takes long."""
    question = effect.question
    return await asyncio.to_thread(question) if effect.remote else question()
