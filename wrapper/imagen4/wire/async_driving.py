"""Performing effects: the async loop around the decisions."""

from __future__ import annotations

import asyncio
from copy import copy
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from ..core.effects import Consult, Effect, Fetch, Send, Sleep, StepRunner, Steps
from ..core.event import Event
from .async_listeners import AsyncListeners, OffLoop
from .async_naps import nap_async
from .async_scheduler import AsyncScheduler
from .driving import DOWNLOADS
from .loops import running_loop

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Iterator
    from typing import Self

    from ..core.many import Finished
    from ..events import Listener
    from ..interruptions import OpenJobs
    from .async_listeners import AsyncTell
    from .async_routes import AsyncRoutes
    from .listeners import FirstListener

T = TypeVar("T")


class AsyncDriver:
    """The same as `Driver` by awaiting. A listener may be a coroutine function."""

    def __init__(
        self,
        wire: AsyncRoutes,
        sleep: Callable[[float], Awaitable[object]],
        on_event: Listener | None,
    ) -> None:
        self._wire = wire
        self._sleep = sleep
        self._listeners = AsyncListeners(on_event)

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
