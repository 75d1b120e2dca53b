"""Guards against what would add up where ten thousand tasks wait in one process."""

import asyncio
import gc
import tracemalloc
from itertools import count
from math import inf
from weakref import ref

import httpx
import pytest

from client.play import KEY, PROMPT, created, details, task_id_of
from client.virtual import run_virtually
from imagen4 import AsyncClient, Polling, callbacks
from imagen4.events import Event, TaskState
from imagen4.wire.async_exchange_deadline import AsyncExchangeDeadline

TASKS = 50
MOST = 9000  # bytes of a task that waits; 6,300 are needed, 7,500 where a callback may come
LONG_ANSWER = "x" * MOST


async def taken_by(tasks: int, receiver: callbacks.Receiver | None) -> int:
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
        asked = {"max_in_flight": tasks, "callback": receiver, "on_event": on_event}
        results = client.generate_many(prompts, **asked)
        first = asyncio.ensure_future(anext(results))
        await polled.wait()
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        return after - before


@pytest.mark.parametrize("url", [None, "https://shop.example/imagen4/"])
def test_a_task_that_waits_keeps_little(url: str | None) -> None:
    """Not what the gateway said last, nor a frame or an object that only a request needs."""
    receiver = callbacks.Receiver(url) if url else None
    # Once before: what is made only once, and what libraries remember of the last addresses.
    run_virtually(taken_by(TASKS, receiver))
    tracemalloc.start()
    try:
        taken = run_virtually(taken_by(TASKS, receiver))
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
