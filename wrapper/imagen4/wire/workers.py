"""Threads that send for the one thread that decides.

Not concurrent.futures: a Ctrl-C that falls into a lock written in Python (`Condition`, and with
it futures, semaphores, executors and the start of a `Thread`) can leave it held for ever, and then
the program hangs. Here only queues written in C stand between the threads.
"""

from __future__ import annotations

from _thread import start_new_thread
from contextlib import suppress
from math import inf
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# A Ctrl-C that comes just before its thread blocks, or on another thread, is noticed only when
# that one wakes: so it wakes every so many seconds.
LOOK = 0.1
K = TypeVar("K")
V = TypeVar("V")


class Done(NamedTuple, Generic[K, V]):
    """What came of the work called `name`: a value, or the problem it raised."""

    name: K
    value: V | None = None
    problem: BaseException | None = None

    def get(self) -> V:
        """The value, or the problem raised."""
        if self.problem is not None:
            raise self.problem
        return cast("V", self.value)


class Workers(Generic[K, V]):
    """At most `most` threads, each started when it is needed; used by one thread."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._threads = 0
        self._waiting: SimpleQueue[tuple[K, Callable[[], V]] | None] = SimpleQueue()
        self._done: SimpleQueue[Done[K, V]] = SimpleQueue()
        self._asked = 0  # pieces of work whose outcome was not taken yet
        # Work that was asked for and is not done. Its outcome may be gone, if a Ctrl-C fell
        # between taking it and looking at it; that it is done, can be seen here.
        self.under_way: dict[K, None] = {}

    def start(self, name: K, work: Callable[[], V]) -> None:
        self._asked += 1
        item, put = (name, work), self._waiting.put
        self.under_way[name] = None
        put(item)  # the next call, so that a Ctrl-C comes before both or after both
        if self._threads < min(self._asked, self._most):
            start_new_thread(self._serve, ())
            self._threads += 1

    def done(self, pause: float | None) -> Iterator[Done[K, V]]:
        """Those that are done by now, or the first one within `pause` seconds."""
        with suppress(Empty):
            yield self._taken(self._next(pause))
            while True:
                yield self._taken(self._done.get_nowait())

    def drop(self) -> None:
        """Drop what has not begun."""
        with suppress(Empty):
            while (work := self._waiting.get_nowait()) is not None:
                del self.under_way[work[0]]

    def dismiss(self) -> None:
        """Drop what has not begun. The threads end when they are done, and nobody waits."""
        self.drop()
        self._waiting.put(None)

    def end(self, patience: float | None = None) -> None:
        """Drop what has not begun, and wait for what has, `patience` seconds if given."""
        self.dismiss()
        until = inf if patience is None else monotonic() + patience
        while self.under_way and monotonic() < until:
            with suppress(Empty):
                self._done.get(timeout=LOOK)

    def _next(self, pause: float | None) -> Done[K, V]:
        """Raises Empty."""
        until = inf if pause is None else monotonic() + pause
        while True:
            left = until - monotonic()
            try:
                return self._done.get(timeout=max(0.0, min(left, LOOK)))
            except Empty:
                if left <= LOOK:
                    raise

    def _taken(self, done: Done[K, V]) -> Done[K, V]:
        self._asked -= 1
        return done

    def _serve(self) -> None:
        while (work := self._waiting.get()) is not None:
            name, perform = work
            try:
                done = Done(name, perform())
            except BaseException as problem:
                done = Done(name, problem=problem)
            del self.under_way[name]
            self._done.put(done)
            del work, name, perform, done  # nothing is kept alive while waiting for more
        self._waiting.put(None)  # for the next thread
