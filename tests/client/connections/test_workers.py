"""Guards against sending threads that hold up the one that decides, or are left behind."""

import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from imagen4.wire.workers import Workers
from waiting import until

PATIENCE = 60.0  # seconds


@pytest.fixture
def workers() -> Iterator[Workers[str, Any]]:
    both = Workers[str, Any](2)
    yield both
    both.end()


def test_work_runs_elsewhere_and_its_value_comes_back(workers: Workers[str, Any]) -> None:
    """With the name it was given; so the one that decides is never held up."""
    workers.start("who", threading.get_ident)
    done = next(workers.done(PATIENCE))
    assert (done.name, done.get() != threading.get_ident()) == ("who", True)


def test_what_work_raises_comes_back_too(workers: Workers[str, Any]) -> None:
    """Whatever it is: a thread that died of it would leave the others waiting."""
    for problem in (ValueError("x"), SystemExit(3)):
        workers.start("bad", lambda problem=problem: (_ for _ in ()).throw(problem))
        with pytest.raises(type(problem)):
            next(workers.done(PATIENCE)).get()


def test_a_thread_is_used_again_when_it_is_free(workers: Workers[str, Any]) -> None:
    """Work that comes one after the other needs one thread, whatever the limit."""
    used = set[int]()
    for number in range(5):
        workers.start(str(number), threading.get_ident)
        done = next(workers.done(PATIENCE))
        assert done.name == str(number)
        used.add(done.get())
    assert len(used) == 1


def test_no_more_threads_than_allowed(workers: Workers[str, Any]) -> None:
    """More work than that waits for its turn, in its order."""
    both, used = threading.Barrier(2), set[int]()

    def work() -> None:
        used.add(threading.get_ident())
        both.wait(PATIENCE)

    for number in range(4):
        workers.start(str(number), work)
    assert sorted(next(workers.done(PATIENCE)).name for _ in range(4)) == ["0", "1", "2", "3"]
    assert len(used) == 2


def test_those_that_are_done_come_without_waiting(workers: Workers[str, Any]) -> None:
    """With nothing done there is nothing, once the pause is over."""
    assert list(workers.done(0.0)) == []
    for name in "ab":
        workers.start(name, int)
    assert {next(workers.done(PATIENCE)).name for _ in range(2)} == {"a", "b"}
    assert list(workers.done(0.0)) == []


def test_the_end_waits_for_what_has_begun_and_drops_the_rest() -> None:
    """A create that is out gets its answer; one that is not will never be sent."""
    workers, begun, ran = Workers[str, Any](1), threading.Event(), []
    go, thread = threading.Event(), list[int]()

    def create() -> None:
        thread.append(threading.get_ident())
        begun.set()
        go.wait(PATIENCE)
        ran.append("first")

    workers.start("first", create)
    workers.start("second", lambda: ran.append("second"))
    assert begun.wait(PATIENCE)
    threading.Timer(0.01, go.set).start()
    workers.end()
    assert ran == ["first"]
    until(lambda: thread[0] not in sys._current_frames())
