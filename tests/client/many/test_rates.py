"""Guards against many requests that exceed the gateway's rates or poll in step."""

import asyncio
from itertools import pairwise
from typing import Any

import httpx
import pytest

from client.play import KINDS, Time, client_for, created, details, play, succeeded, task_id_of
from client.virtual import run_virtually
from imagen4 import Polling


def busiest(moments: list[float], window: float) -> int:
    """The most moments that any window of that length holds."""
    return max(sum(start <= each < start + window for each in moments) for start in moments)


class Gateway:
    """Tasks that take a while on the test's clock, and a record of when requests came."""

    def __init__(self, clock: Any, duration: float = 20.0) -> None:
        self.clock = clock
        self.duration = duration
        self.creates: list[float] = []
        self.polls: list[float] = []
        self.born: dict[str, float] = {}
        self.running = 0
        self.most = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        now = self.clock()
        if request.method == "POST":
            self.creates.append(now)
            task_id = f"t{len(self.creates)}"
            self.born[task_id] = now
            self.most = max(self.most, len(self.born))
            return created(task_id)
        self.polls.append(now)
        task_id = task_id_of(request)
        if now < self.born[task_id] + self.duration:
            return details(task_id, "generating")
        del self.born[task_id]
        return succeeded(task_id)

    async def answer_async(self, request: httpx.Request) -> httpx.Response:
        return self(request)


def many(kind: str, count: int, max_in_flight: int, **settings: Any) -> tuple[Gateway, list[Any]]:
    """Run many requests on a clock of their own, and return what the gateway saw."""
    time = Time()
    gateway = Gateway(time)
    prompts = [f"picture {index}" for index in range(count)]
    if kind == "sync":
        script: Any = gateway
        outcome = play(
            kind, script, lambda c: c.generate_many(prompts, max_in_flight=max_in_flight),
            time=time, **settings,
        )  # fmt: skip
        return gateway, outcome

    async def run() -> list[Any]:
        gateway.clock = asyncio.get_running_loop().time
        settings.update(clock=gateway.clock, sleep=asyncio.sleep)
        async with client_for("async", "kie", gateway, time, **settings) as client:
            every = client.generate_many(prompts, max_in_flight=max_in_flight)
            return [each async for each in every]

    return gateway, run_virtually(run())


@pytest.mark.parametrize("kind", KINDS)
def test_creates_keep_to_twenty_in_ten_seconds(kind: str) -> None:
    """Also counted where they arrive, in any window of ten seconds."""
    gateway, results = many(kind, 70, 100)
    assert len(results) == len(gateway.creates) == 70
    assert busiest(gateway.creates, 10.0) == 20
    assert gateway.creates[-1] - gateway.creates[0] == pytest.approx(33.0)


@pytest.mark.parametrize("kind", KINDS)
def test_polls_of_all_tasks_keep_to_ten_a_second_and_spread_out(kind: str) -> None:
    """One after the other rather than in step, whatever the number of tasks."""
    gateway, results = many(kind, 60, 60)
    assert all(each.error is None for each in results)
    assert busiest(gateway.polls, 1.0) <= 10
    ordered = sorted(gateway.polls)
    assert min(after - before for before, after in pairwise(ordered)) > 0.1


@pytest.mark.parametrize("kind", KINDS)
def test_no_more_are_in_flight_than_allowed(kind: str) -> None:
    """And there is no pause where there is room."""
    gateway, results = many(kind, 12, 3)
    assert gateway.most == 3
    assert sorted(each.index for each in results) == list(range(12))


@pytest.mark.parametrize("kind", KINDS)
def test_each_wait_has_its_own_deadline(kind: str) -> None:
    """Waiting for a turn to create does not count against it."""
    _, results = many(kind, 45, 45, polling=Polling(timeout=60))
    assert [each.error for each in results] == [None] * 45
