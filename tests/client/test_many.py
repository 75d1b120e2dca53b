"""Batches that poll in step run into the rate limit; one failure must not stop the others."""

import asyncio
import gc
import logging
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import httpx
import pytest

from client.play import (
    KINDS,
    PROMPT,
    QUICK,
    Script,
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
from imagen4 import (
    Finished,
    InsufficientCredits,
    InvalidRequest,
    Polling,
    Request,
    TaskFailed,
)


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


def busiest(moments: list[float], window: float) -> int:
    """The most moments that any window of that length holds."""
    return max(sum(start <= each < start + window for each in moments) for start in moments)


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
    assert gateway.creates[-1] - gateway.creates[0] == pytest.approx(30.6)


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
def test_results_come_as_they_complete(kind: str) -> None:
    """A slow request does not hold up a quick one that came after it."""
    answers = {"slow": iter(["waiting"] * 5), "quick": iter([])}

    def poll(request: httpx.Request) -> httpx.Response:
        task_id = task_id_of(request)
        state = next(answers[task_id], None)
        return details(task_id, state) if state else succeeded(task_id)

    script = Script(creates=[created("slow"), created("quick")], polls=[poll])
    results = play(kind, script, lambda c: c.generate_many([PROMPT, "another"]))
    by_index = {each.index: each for each in results}
    assert [each.index for each in results] == [1, 0]
    assert {each.request.prompt for each in results} == {PROMPT, "another"}
    assert by_index[0].get().images[0].url == "https://files.example/slow.png"


@pytest.mark.parametrize("kind", KINDS)
def test_one_failure_does_not_stop_the_others(kind: str) -> None:
    """Each has its own error: refused by us, refused by the gateway, or failed later."""
    script = Script(
        creates=[created("t1"), envelope(402), created("t3")],
        polls=[
            lambda request: (
                details("t1", "fail") if task_id_of(request) == "t1" else succeeded("t3")
            )
        ],
    )
    requests: list[Any] = ["one", "", Request("two", seed=1), "three", 7]
    results = play(
        kind, script, lambda c: c.generate_many(requests, max_in_flight=1), polling=QUICK
    )
    errors = {each.index: type(each.error) for each in results}
    assert errors == {
        0: TaskFailed,
        1: InvalidRequest,
        2: InsufficientCredits,
        3: type(None),
        4: InvalidRequest,
    }
    with pytest.raises(InsufficientCredits):
        next(each for each in results if each.index == 2).get()
    assert results[0].error.job.task_ids == ("t1",)


@pytest.mark.parametrize("kind", KINDS)
def test_requests_are_taken_only_when_there_is_room(kind: str) -> None:
    """A million prompts do not have to fit into memory."""
    taken = Counter[str]()

    def prompts() -> Iterator[str]:
        for index in range(30):
            taken["prompts"] += 1
            yield f"picture {index}"

    def first_sync(client: Any) -> None:
        results = client.generate_many(prompts(), max_in_flight=4)
        next(results)
        assert taken["prompts"] <= 5
        taken["results"] += 1 + len(list(results))

    async def first_async(client: Any) -> None:
        results = client.generate_many(prompts(), max_in_flight=4)
        await anext(results)
        assert taken["prompts"] <= 5
        taken["results"] += 1 + len([each async for each in results])

    script = Script(
        creates=[created(f"t{index}") for index in range(30)],
        polls=[lambda request: succeeded(task_id_of(request))],
    )
    play(kind, script, first_sync if kind == "sync" else first_async, polling=QUICK)
    assert taken == {"prompts": 30, "results": 30}


@pytest.mark.parametrize("kind", KINDS)
def test_results_that_were_fetched_are_not_kept(kind: str) -> None:
    """Bounded memory: what was yielded is the caller's alone."""
    alive: list[int] = []

    def count(index: int) -> None:
        if index % 13:
            return
        gc.collect()
        alive.append(sum(isinstance(each, Finished) for each in gc.get_objects()))

    def sync(client: Any) -> None:
        for each in client.generate_many(map(str, range(40)), max_in_flight=2):
            count(each.index)

    async def by_await(client: Any) -> None:
        async for each in client.generate_many(map(str, range(40)), max_in_flight=2):
            count(each.index)

    script = Script(
        creates=[created(f"t{index}") for index in range(40)],
        polls=[lambda request: succeeded(task_id_of(request))],
    )
    play(kind, script, sync if kind == "sync" else by_await, polling=QUICK)
    assert len(alive) == 4
    assert max(alive) - min(alive) <= 3


@pytest.mark.parametrize("kind", KINDS)
def test_leaving_early_logs_the_tasks_left_behind(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """They were paid for, so their ids are in the log at WARNING."""

    def poll(request: httpx.Request) -> httpx.Response:
        task_id = task_id_of(request)
        return succeeded(task_id) if task_id == "t0" else details(task_id, "waiting")

    def sync(client: Any) -> None:
        results = client.generate_many(["a", "b", "c"])
        next(results)
        results.close()

    async def by_await(client: Any) -> None:
        results = client.generate_many(["a", "b", "c"])
        await anext(results)
        await results.aclose()

    script = Script(creates=[created(f"t{index}") for index in range(3)], polls=[poll])
    with caplog.at_level(logging.WARNING, "imagen4"):
        play(kind, script, sync if kind == "sync" else by_await)
    assert "t1" in caplog.text
    assert "t2" in caplog.text
    assert "t0" not in caplog.text


@pytest.mark.parametrize("kind", KINDS)
def test_on_update_hears_of_all_requests(kind: str) -> None:
    """With the task ids that tell them apart."""
    updates: list[Any] = []
    script = Script(
        creates=[created("t0"), created("t1")],
        polls=[lambda request: succeeded(task_id_of(request))],
    )
    play(
        kind, script, lambda c: c.generate_many(["a", "b"], on_update=updates.append), polling=QUICK
    )
    told = Counter((each.task_id, each.state) for each in updates)
    assert told == {
        ("t0", "submitted"): 1, ("t1", "submitted"): 1, ("t0", "success"): 1, ("t1", "success"): 1,
    }  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("limit", [0, -1, 1.5, "4", None])
def test_the_limit_must_be_a_whole_number(kind: str, limit: Any) -> None:
    """Of at least one."""
    with pytest.raises(InvalidRequest, match="max_in_flight must be an int of at least 1"):
        play(kind, Script(), lambda c: c.generate_many(["a"], max_in_flight=limit))


@pytest.mark.parametrize("kind", KINDS)
def test_each_wait_has_its_own_deadline(kind: str) -> None:
    """Waiting for a turn to create does not count against it."""
    _, results = many(kind, 45, 45, polling=Polling(timeout=60))
    assert [each.error for each in results] == [None] * 45


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_to_do_is_done_at_once(kind: str) -> None:
    """No requests, no results."""
    assert play(kind, Script(), lambda c: c.generate_many([])) == []


def test_few_requests_are_on_the_way_at_a_time() -> None:
    """The library's pool takes quadratic time over those that wait in it: they wait outside."""
    under_way, most = 0, 0

    async def answer(request: httpx.Request) -> httpx.Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        if request.method == "POST":
            return created(f"t{len(request.content)}")
        return succeeded(task_id_of(request))

    async def run() -> int:
        transport = httpx.MockTransport(answer)
        async with httpx.AsyncClient(transport=transport) as http:
            client = client_for("async", "kie", None, Time(), http_client=http, polling=QUICK)
            every = client.generate_many(["x" * n for n in range(1, 301)], max_in_flight=300)
            return len([each async for each in every if each.error is None])

    assert asyncio.run(run()) == 300
    assert 1 < most <= 50
