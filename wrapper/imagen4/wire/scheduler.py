"""Many requests at a time, for the sync client."""

from __future__ import annotations

import heapq
from functools import partial
from itertools import count, islice
from typing import TYPE_CHECKING, Generic, TypeVar

from ..core.effects import Fetch, Send, Sleep, StepRunner
from ..events import Event
from ..logs import log_untaken
from .transport import CONNECTIONS
from .workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from ..core.answer import Answer
    from ..core.effects import Effect, Steps
    from ..core.many import Finished

T = TypeVar("T")


class Scheduler(Generic[T]):
    """Runs steps side by side for `Driver` and yields their values as they come.

    One thread makes all decisions, as everywhere; only the requests themselves go out on
    worker threads, so that one slow answer does not hold up the others.
    """

    def __init__(
        self,
        perform: Callable[[Effect], Answer | None],
        tell: Callable[[Event], object],
        sleep: Callable[[float], object],
        clock: Callable[[], float],
        limit: int,
    ) -> None:
        self._perform = perform
        self._tell = tell
        self._sleep = sleep
        self._clock = clock
        self._limit = limit
        self._order = count()  # first come, first served among those due at one moment
        self._due: list[tuple[float, int, StepRunner[Finished[T]]]] = []
        self._sending: set[StepRunner[Finished[T]]] = set()
        self._current: StepRunner[Finished[T]] | None = None  # what it returned is not yielded yet
        self._workers: Workers[StepRunner[Finished[T]], Answer | None] = Workers(
            min(limit, CONNECTIONS)
        )

    def run(self, every: Iterator[Steps[Finished[T]]]) -> Generator[Finished[T]]:
        """At most `limit` at a time; the next one is taken when there is room for it."""
        try:
            while True:
                for steps in islice(every, self._limit - len(self._due) - len(self._sending)):
                    self._later(StepRunner(steps), 0.0)
                if not self._due and not self._sending:
                    return
                yield from self._advance_due()
                self._wait()
        finally:
            self._end()

    def _end(self) -> None:
        """A create that is out gets its answer, so that its task's id is known and logged."""
        self._workers.end()
        for runner in (*self._sending, *(entry[2] for entry in self._due)):
            runner.close()
        ended = getattr(self._current, "value", None)
        if ended is not None:
            log_untaken(ended)

    def _later(self, runner: StepRunner[Finished[T]], seconds: float) -> None:
        heapq.heappush(self._due, (self._clock() + seconds, next(self._order), runner))

    def _advance_due(self) -> Iterator[Finished[T]]:
        while self._due and self._due[0][0] <= self._clock():
            self._current = runner = heapq.heappop(self._due)[2]
            effect = runner.advance()
            if effect is None:
                self._current = None
                yield runner.value
            else:
                self._start(runner, effect)

    def _start(self, runner: StepRunner[Finished[T]], effect: Effect) -> None:
        if isinstance(effect, (Send, Fetch)):
            self._sending.add(runner)
            self._workers.start(runner, partial(self._send, effect, self._clock()))
            return
        runner.reply()
        self._later(runner, effect.seconds if isinstance(effect, Sleep) else 0.0)
        if isinstance(effect, Event):
            try:
                self._tell(effect)
            except Exception as problem:  # a listener stops the create
                runner.fail(problem)

    def _send(self, effect: Send | Fetch, queued: float) -> Answer | None:
        """On a worker thread, which may have been busy for a while."""
        if isinstance(effect, Send):
            effect.subtract_wait(self._clock() - queued)
        return self._perform(effect)

    def _wait(self) -> None:
        """Until an answer is there or a sleep is over."""
        pause = max(0.0, self._due[0][0] - self._clock()) if self._due else None
        if not self._sending:
            if pause:
                self._sleep(pause)
            return
        for runner, answer, problem in self._workers.done(pause):
            self._sending.remove(runner)
            if problem is None:
                runner.reply(answer)
            else:
                runner.fail(problem)
            self._later(runner, 0.0)
