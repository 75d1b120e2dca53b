"""Many requests at a time, for the sync client."""

from __future__ import annotations

import heapq
import sys
from contextvars import copy_context
from functools import partial
from itertools import count
from math import inf
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..core.effects import Consult, Fetch, Send, Sleep, StepRunner
from ..core.event import Event
from ..interruptions import insist
from .transport import CONNECTIONS
from .workers import LOOK, Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from ..core.effects import Effect, Steps
    from ..core.many import Finished
    from ..core.ports import Bell
    from ..interruptions import OpenJobs

T = TypeVar("T")


class Scheduler(Generic[T]):
    """Runs steps side by side for `Driver` and yields their values as they come.

    One thread makes all decisions, as everywhere. What may take long is done on worker threads,
    so that it does not hold up the others: the requests, and taking the next item, since an
    iterator may wait for a result of an earlier one.

    A Ctrl-C may fall between any two steps of Python on the deciding thread. So what has to be
    known afterwards stands in `jobs` and in `Workers.under_way`, not only in a local variable.
    """

    def __init__(
        self,
        perform: Callable[[Effect], object],
        tell: Callable[[Event], object],
        sleep: Callable[[float], object],
        clock: Callable[[], float],
        limit: int,
        jobs: OpenJobs,
    ) -> None:
        self._perform = perform
        self._tell = tell
        self._sleep = sleep
        self._clock = clock
        self._limit = limit
        self._jobs = jobs
        self._order = count()  # first come, first served among those due at one moment
        self._due: list[tuple[float, int, StepRunner[Finished[T]]]] = []
        self._sending: dict[StepRunner[Finished[T]], Send | Fetch] = {}
        # Until when at most each of those waits whose callbacks may come before.
        self._listening: dict[StepRunner[Finished[T]], tuple[float, Bell]] = {}
        self._more = True  # whether there may be further items
        self._taking = False
        self._failure: BaseException | None = None  # what the iterator raised
        # For each request on the way, and for the next item, which is called None.
        self._workers: Workers[StepRunner[Finished[T]] | None, Any] = Workers(
            min(limit, CONNECTIONS) + 1
        )

    def run(self, every: Iterator[Steps[Finished[T]]], waits: bool) -> Generator[Finished[T]]:
        """At most `limit` at a time; the next one is taken when there is room for it.

        waits: whether taking one may have to wait for the result of another. What the iterator
        raises is raised when those taken before have ended.
        """
        take = partial(copy_context().run, next, every, None)
        try:
            while self._busy(take, waits):
                self._wait()
                yield from self._advance_due()
        except BaseException as interruption:
            self._leave(interruption)
            raise
        finally:
            self._workers.dismiss()

    def _busy(self, take: Callable[[], Steps[Finished[T]] | None], waits: bool) -> bool:
        """Whether something will end; first, the next item is asked for if there is room."""
        while self._more and not self._taking and self._in_flight < self._limit:
            if waits:
                self._taking = True
                self._workers.start(None, take)
            else:
                self._taken(take(), None)
        busy = self._in_flight > 0 or self._taking
        if self._failure is not None and not busy:
            raise self._failure
        return busy

    @property
    def _in_flight(self) -> int:
        return len(self._due) + len(self._sending) + len(self._listening)

    def _later(self, runner: StepRunner[Finished[T]], seconds: float) -> None:
        heapq.heappush(self._due, (self._clock() + seconds, next(self._order), runner))

    def _advance_due(self) -> Generator[Finished[T]]:
        jobs = self._jobs.states
        while self._due and self._due[0][0] <= self._clock():
            runner = heapq.heappop(self._due)[2]
            effect = runner.advance()
            if effect is not None:
                self._start(runner, effect)
                continue
            ended, index = runner.value, runner.value.index
            # No call between these two, or a Ctrl-C could come: it is the caller's or in `jobs`.
            if index in jobs:
                del jobs[index]
            yield ended
            del ended, runner

    def _start(self, runner: StepRunner[Finished[T]], effect: Effect) -> None:
        if isinstance(effect, (Send, Fetch)):
            self._sending[runner] = effect
            self._workers.start(runner, partial(self._send, effect, self._clock()))
            return
        runner.reply()
        if isinstance(effect, Sleep) and effect.bell is not None:
            self._listening[runner] = (self._clock() + effect.seconds, effect.bell)
            return
        # From a create's turn to its leaving nothing comes between: the gateway counts arrivals.
        self._later(runner, effect.seconds if isinstance(effect, Sleep) else -inf)
        try:
            if isinstance(effect, Event):
                self._tell(effect)
            elif isinstance(effect, Consult):
                runner.reply(self._perform(effect))
        except Exception as problem:  # a listener, or the ledger, stops the create
            runner.fail(problem)

    def _send(self, effect: Send | Fetch, queued: float) -> object:
        """On a worker thread, which may have been busy for a while."""
        if isinstance(effect, Send):
            effect.subtract_wait(self._clock() - queued)
        return self._perform(effect)

    def _wait(self) -> None:
        """Until an answer or an item is there, or a sleep is over."""
        pause = max(0.0, self._due[0][0] - self._clock()) if self._due else None
        if self._listening:
            pause = LOOK if pause is None else min(pause, LOOK)
        if not (self._sending or self._taking):
            if pause:
                self._sleep(pause)
        else:
            self._take_in(pause)
        self._hear()

    def _take_in(self, pause: float | None) -> None:
        """What the workers have done by now, or the first of it within so many seconds."""
        for runner, value, problem in self._workers.done(pause):
            if runner is None:
                self._taken(value, problem)
            else:
                self._answered(runner, value, problem)

    def _hear(self) -> None:
        """Let those go on whose callbacks came, or whose time is over."""
        for runner, (moment, bell) in tuple(self._listening.items()):
            if bell.rung or moment <= self._clock():
                self._later(runner, 0.0)
                del self._listening[runner]

    def _taken(self, steps: Steps[Finished[T]] | None, problem: BaseException | None) -> None:
        self._taking, self._failure = False, problem
        self._more = steps is not None
        if steps is not None:
            self._later(StepRunner(steps), 0.0)

    def _answered(
        self, runner: StepRunner[Finished[T]], answer: object, problem: BaseException | None
    ) -> None:
        del self._sending[runner]
        if problem is None:
            runner.reply(answer)
        else:
            runner.fail(problem)
        self._later(runner, 0.0)

    def _leave(self, interruption: BaseException) -> None:
        """Tell what is known, then wait for the creates that are out, for their tasks' ids.

        A further Ctrl-C leaves without them.
        """
        pairs = self._sending.items()
        creates = {each: send for each, send in pairs if isinstance(send, Send) and send.is_write}
        # At the interpreter's end, worker threads stand still.
        out = 0 if sys.is_finalizing() else len(creates.keys() & self._workers.under_way.keys())
        last = interruption
        try:
            self._jobs.tell(interruption, out)
            self._workers.drop()
            self._finish(creates, waiting=out > 0)
        except BaseException as again:
            last = again
            raise
        finally:
            insist(partial(self._give_up, creates, {interruption, last}))

    def _finish(self, creates: dict[StepRunner[Finished[T]], Send], waiting: bool) -> None:
        """Take in the answers that are there, or wait for all. What each says is told at once."""
        more = True
        while more:
            more = waiting and bool(creates.keys() & self._workers.under_way.keys())
            for runner, answer, problem in self._workers.done(None if more else 0.0):
                if runner in creates and runner is not None:
                    self._answered(runner, answer, problem)
                    effect = runner.advance()
                    if isinstance(effect, Event):
                        self._tell(effect)
                    runner.close()

    def _give_up(
        self, creates: dict[StepRunner[Finished[T]], Send], interruptions: set[BaseException]
    ) -> None:
        for send in creates.values():
            send.awaited = False
        for each in interruptions:
            self._jobs.mark(each)
        for runner in (*self._sending, *self._listening, *(entry[2] for entry in self._due)):
            runner.close()
