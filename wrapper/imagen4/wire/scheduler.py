"""Many courses at a time, for the sync client."""

from __future__ import annotations

import heapq
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import count, islice
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Generic, TypeVar

from ..core.effects import Answer, Course, Effect, Fetch, Send, Sleep, Steps
from .transport import CONNECTIONS

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
