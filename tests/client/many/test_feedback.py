"""Guards against many requests that do not begin before all of them are known."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from client.booked import PATIENCE, Booked
from client.play import KINDS, QUICK, each_of, play


def many(kind: str, server: Booked, every: Any, hear: Any, **settings: Any) -> list[Any]:
    """What comes of each request; it is also heard of as it comes."""

    async def heard(client: Any) -> list[Any]:
        results = []
        async for each in each_of(client.generate_many(every, **settings)):
            hear(each)
            results.append(each)
        return results

    collected: list[Any] = play(kind, None, heard, base_url=server.url, polling=QUICK)
    return collected


class Feedback:
    """Prompts of which each one but the first waits for the result before it."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.waited: list[bool] = []
        self._results = threading.Semaphore(0)

    def hear(self, _: object) -> None:
        self._results.release()

    def __iter__(self) -> Iterator[str]:
        yield "a"
        for number in range(1, self.count):
            self.waited.append(self._results.acquire(timeout=PATIENCE))
            yield f"a{number}"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("max_in_flight", [1, 20])
def test_an_iterator_may_wait_for_a_result(kind: str, max_in_flight: int) -> None:
    """Each request is started as it is taken, and results are handed out meanwhile."""
    feedback = Feedback(3)
    with Booked(polls=2) as server:
        results = many(kind, server, feedback, feedback.hear, max_in_flight=max_in_flight)
    assert feedback.waited == [True, True]
    assert [each.index for each in results] == [0, 1, 2]


def test_prompts_may_come_from_an_async_iterator() -> None:
    """With the async client, also one that waits."""
    arrived = asyncio.Event()

    async def prompts() -> AsyncIterator[str]:
        yield "a"
        await arrived.wait()
        yield "b"

    with Booked(polls=2) as server:
        results = many("async", server, prompts(), lambda _: arrived.set())
    assert [each.index for each in results] == [0, 1]


@pytest.mark.parametrize("kind", KINDS)
def test_an_exception_in_the_iterator_loses_nothing(kind: str) -> None:
    """The requests taken before it have their results; then it is raised."""
    results: list[Any] = []

    def prompts() -> Iterator[str]:
        yield from "ab"
        raise LookupError("no more")

    with Booked(polls=3) as server, pytest.raises(LookupError):
        many(kind, server, prompts(), results.append)
    assert sorted(each.index for each in results) == [0, 1]
    assert len(server.book) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_an_iterator_that_never_goes_on_does_not_hold_up_who_leaves(kind: str) -> None:
    """Nor does it keep the program from ending: its thread is a daemon."""
    never = threading.Event()

    def prompts() -> Iterator[str]:
        yield "a"
        never.wait()

    async def left(client: Any) -> int:
        every = client.generate_many(prompts())
        if kind == "sync":
            index = next(every).index
            every.close()
        else:
            index = (await anext(every)).index
            await every.aclose()
        return int(index)

    with Booked(polls=2) as server:
        assert play(kind, None, left, base_url=server.url, polling=QUICK) == 0
    never.set()
