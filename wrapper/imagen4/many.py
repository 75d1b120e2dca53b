"""Many requests at a time: what each comes to, and the sync client's way of running them.

One thread makes all decisions, as everywhere; only the requests themselves go out on a few
worker threads, so that one slow answer does not hold up the others.
"""

from __future__ import annotations

import heapq
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import count, islice
from typing import TYPE_CHECKING, Generic, TypeVar

from .effects import Answer, Course, Effect, Fetch, Send, Sleep, Steps
from .errors import Imagen4Error, InvalidRequest
from .request import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from .driving import OnUpdate

R = TypeVar("R")
T = TypeVar("T")
WORKERS = 8


@dataclass(frozen=True, slots=True)
class Finished(Generic[R]):
    """What came of one of many requests: either `result` or `error`; `index` from 0."""

    index: int
    request: Request
    result: R | None = None
    error: Imagen4Error | None = None

    def get(self) -> R:
        """The result, or the error raised."""
        if self.result is None:
            raise self.error or InvalidRequest("neither result nor error")
        return self.result


def finished(
    index: int, item: str | Request, generate: Callable[[Request], Steps[R]]
) -> Steps[Finished[R]]:
    """The steps of one of many requests: its failure is its own."""
    request = item if isinstance(item, Request) else Request(item)
    try:
        return Finished(index, request, result=(yield from generate(request)))
    except Imagen4Error as error:
        return Finished(index, request, error=error)


def checked_limit(max_in_flight: int) -> int:
    if not isinstance(max_in_flight, int) or max_in_flight < 1:
        raise InvalidRequest("max_in_flight must be an int of at least 1")
    return max_in_flight


class Scheduler(Generic[T]):
    """Runs courses side by side and yields their values as they come."""

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

    def run(self, every: Iterator[Steps[T]], limit: int) -> Generator[T]:
        """At most `limit` at a time; the next one is taken when there is room for it."""
        pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="imagen4")
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
            self._sending[pool.submit(self._perform, effect)] = course
            return
        course.reply()
        self._later(course, effect.seconds if isinstance(effect, Sleep) else 0.0)
        if not isinstance(effect, Sleep) and self._on_update is not None:
            self._on_update(effect)

    def _wait(self) -> None:
        """Until an answer is there or a course is due."""
        pause = max(0.0, self._due[0][0] - self._clock()) if self._due else None
        if not self._sending:
            if pause:
                self._sleep(pause)
            return
        for future in wait(self._sending, pause, FIRST_COMPLETED).done:
            course = self._sending.pop(future)
            problem = future.exception()
            if problem is None:
                course.reply(future.result())
            else:
                course.fail(problem)
            self._later(course, 0.0)
