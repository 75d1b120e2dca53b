"""Performing effects: the sync loop around the decisions."""

from __future__ import annotations

import sys
from copy import copy
from functools import partial
from queue import SimpleQueue
from threading import Event as Flag
from typing import TYPE_CHECKING, TypeVar

from ..core.effects import Consult, Effect, Fetch, Send, Sleep, StepRunner, Steps
from ..core.event import Event
from .listeners import Listeners, tell_queued
from .naps import nap
from .open_creates import OpenCreates
from .workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from typing import Self

    from ..core.many import Finished
    from ..core.ports import Download
    from ..events import Listener
    from ..interruptions import OpenJobs
    from .listeners import FirstListener
    from .routes import SyncRoutes

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
        self._listeners = Listeners(on_event)
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
        from .scheduler import Scheduler  # most programs never need it

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
                nap(effect.seconds, effect.bell, self._sleep, self._clock)
        elif isinstance(effect, Consult):
            return effect.question()
        return None
