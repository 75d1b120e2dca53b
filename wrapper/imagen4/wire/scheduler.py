"""Many courses at a time, for the sync client."""

from __future__ import annotations

import heapq
from functools import partial
from itertools import count, islice
from typing import TYPE_CHECKING, Generic, TypeVar

from ..core.effects import Answer, Course, Effect, Fetch, Send, Sleep, Steps
from ..core.many import Finished, log_untaken
from .transport import CONNECTIONS
from .workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from .driving import OnUpdate

T = TypeVar("T")


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
        limit: int,
    ) -> None:
        self._perform = perform
        self._sleep = sleep
        self._clock = clock
        self._on_update = on_update
        self._limit = limit
        self._order = count()  # first come, first served among those due at one moment
        self._due: list[tuple[float, int, Course[Finished[T]]]] = []
        self._sending: set[Course[Finished[T]]] = set()
        self._at: Course[Finished[T]] | None = None  # what it returned is not yielded yet
        self._workers = Workers[Course[Finished[T]], Answer | None](min(limit, CONNECTIONS))

    def run(self, every: Iterator[Steps[Finished[T]]]) -> Generator[Finished[T]]:
        """At most `limit` at a time; the next one is taken when there is room for it."""
        try:
            while True:
                for steps in islice(every, self._limit - len(self._due) - len(self._sending)):
                    self._later(Course(steps), 0.0)
                if not self._due and not self._sending:
                    return
                yield from self._advance_due()
                self._wait()
        finally:
            self._end()

    def _end(self) -> None:
        """A create that is out gets its answer, so that its task's id is known and logged."""
        self._workers.end()
        for course in (*self._sending, *(entry[2] for entry in self._due)):
            course.close()
        ended = getattr(self._at, "value", None)
        if ended is not None:
            log_untaken(ended)

    def _later(self, course: Course[Finished[T]], seconds: float) -> None:
        heapq.heappush(self._due, (self._clock() + seconds, next(self._order), course))

    def _advance_due(self) -> Iterator[Finished[T]]:
        while self._due and self._due[0][0] <= self._clock():
            self._at = course = heapq.heappop(self._due)[2]
            effect = course.advance()
            if effect is None:
                self._at = None
                yield course.value
            else:
                self._start(course, effect)

    def _start(self, course: Course[Finished[T]], effect: Effect) -> None:
        if isinstance(effect, (Send, Fetch)):
            self._sending.add(course)
            self._workers.start(course, partial(self._sent, effect, self._clock()))
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
        for course, answer, problem in self._workers.done(pause):
            self._sending.remove(course)
            if problem is None:
                course.reply(answer)
            else:
                course.fail(problem)
            self._later(course, 0.0)
