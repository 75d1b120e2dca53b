"""Guards against many requests that exceed the gateway's rates or poll in step."""

import asyncio
from itertools import pairwise
from random import Random
from typing import Any

import httpx
import pytest

from client.play import (
    KINDS,
    Time,
    client_for,
    created,
    details,
    envelope,
    play,
    succeeded,
    task_id_of,
)
from client.virtual import run_virtually
from imagen4 import Polling, RateLimited


def busiest(moments: list[float], window: float) -> int:
    """The most moments that any window of that length holds."""
    return max(sum(start <= each < start + window for each in moments) for start in moments)


class Gateway:
    """Tasks that take a while on the test's clock, and a record of when requests came.

    limited: whether creates beyond twenty in ten seconds are refused, as the gateways say.
    strict: whether those that it refuses count, too.
    """

    def __init__(
        self, clock: Any, duration: float = 20.0, *, limited: bool = False, strict: bool = False
    ) -> None:
        self.clock = clock
        self.duration = duration
        self.limited = limited
        self.strict = strict
        self.counted: list[float] = []
        self.refused = 0
        self.creates: list[float] = []
        self.polls: list[float] = []
        self.born: dict[str, float] = {}
        self.running = 0
        self.most = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        now = self.clock()
        if request.method == "POST":
            self.counted = [each for each in self.counted if now - 10 < each]
            full = self.limited and len(self.counted) >= 20
            if self.strict or not full:
                self.counted.append(now)
            if full:
                self.refused += 1
                return envelope(429, None, "Your call frequency is too high")
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


@pytest.mark.parametrize(
    ("processes", "requests", "strict", "seconds"),
    [(4, 30, False, 180), pytest.param(8, 20, True, 240, marks=pytest.mark.slow)],
)
def test_several_processes_on_one_account_lose_no_request(
    processes: int, requests: int, strict: bool, seconds: float
) -> None:
    """Each keeps to the rate, together they do not: they slow down, and try until the deadline."""

    async def one(number: int, gateway: Gateway) -> list[Any]:
        clock = gateway.clock
        settings = {"clock": clock, "sleep": asyncio.sleep, "random": Random(number).random}
        async with client_for("async", "kie", gateway, Time(), **settings) as client:
            prompts = [f"picture {index}" for index in range(requests)]
            return [each.error async for each in client.generate_many(prompts)]

    async def all_at_once() -> tuple[Gateway, list[Any]]:
        clock = asyncio.get_running_loop().time
        gateway = Gateway(clock, limited=True, strict=strict)
        return gateway, await asyncio.gather(*(one(each, gateway) for each in range(processes)))

    gateway, errors = run_virtually(all_at_once())
    assert errors == [[None] * requests] * processes
    assert len(gateway.creates) == processes * requests
    assert gateway.refused < 2 * len(gateway.creates)
    assert gateway.creates[-1] - gateway.creates[0] < seconds  # half a second each at best


def test_a_request_of_many_is_not_refused_for_ever() -> None:
    """The wait for a turn does not count against its time; being refused does."""
    gateway, time = (lambda _: envelope(429)), Time()
    script: Any = gateway
    (failed,) = play("sync", script, lambda c: c.generate_many(["a fox"], timeout=60), time=time)
    assert isinstance(failed.error, RateLimited)
    assert 57 < sum(time.sleeps) < 60
