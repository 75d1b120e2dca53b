"""Guards against what would add up where ten thousand tasks wait in one process."""

import asyncio
import gc
import tracemalloc
from itertools import count
from math import inf
from weakref import ref

import httpx

from client.play import KEY, PROMPT, created, details, task_id_of
from client.virtual import run_virtually
from imagen4 import AsyncClient, Polling
from imagen4.events import Event, TaskState
from imagen4.wire.exchange_deadline import AsyncExchangeDeadline

TASKS = 100
MOST = 8 * 1024  # bytes of a task that waits; six are needed
LONG_ANSWER = "x" * MOST


async def taken_by(tasks: int) -> int:
    """Bytes that so many tasks take, each of which was polled and waits for its next poll."""
    polled, more, ids = asyncio.Event(), iter(range(tasks - 1)), count()

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return created(f"t{next(ids)}")
        return details(task_id_of(request), "waiting", param=LONG_ANSWER)

    def on_event(event: Event) -> None:
        if isinstance(event, TaskState) and next(more, None) is None:
            polled.set()

    polling = Polling(timeout=86400.0, pace=((inf, 3600.0, 3600.0),), paced=False)
    async with (
        httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http,
        AsyncClient("kie", api_key=KEY, http_client=http, polling=polling) as client,
    ):
        before, _ = tracemalloc.get_traced_memory()
        prompts = [f"{PROMPT} {number}" for number in range(tasks)]
        results = client.generate_many(prompts, max_in_flight=tasks, on_event=on_event)
        first = asyncio.ensure_future(anext(results))
        await polled.wait()
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        return after - before


def test_a_task_that_waits_keeps_little() -> None:
    """Not what the gateway said last, nor a frame or an object that only a request needs."""
    run_virtually(taken_by(1))  # what is made only once
    tracemalloc.start()
    try:
        taken = run_virtually(taken_by(TASKS))
    finally:
        tracemalloc.stop()
    assert taken < MOST * TASKS


def test_an_exchange_is_not_kept_by_a_timer_that_was_cancelled() -> None:
    """Asyncio keeps those until most of its timers are cancelled, with their context."""

    async def exchanged() -> bool:
        async with AsyncExchangeDeadline(3600.0) as exchange:
            left = ref(exchange)
        del exchange
        return left() is None

    assert asyncio.run(exchanged())
