"""Guards against requests that crowd the connection pool, and turns that are lost for ever."""

import asyncio
from typing import Any

import httpx
import pytest

from client.loopback import HANG, IMPATIENT, Loopback
from client.play import (
    KEY,
    QUICK,
    Time,
    client_for,
    created,
    envelope,
    succeeded,
    task_id_of,
)
from client.steps import core
from client.virtual import run_virtually
from imagen4 import TaskTimeout, TransportError
from imagen4.core.answer import Call
from imagen4.core.effects import Send
from imagen4.wire import async_transport as wire
from imagen4.wire.carriers import sync_carriers
from imagen4.wire.connections import Connections
from imagen4.wire.transport import CONNECTIONS, SyncWire


def test_an_async_poll_does_not_queue_for_longer_than_it_may_take() -> None:
    """Requests that hang take all the turns; the deadline holds for those behind them, too."""
    hanging = asyncio.Event()

    async def hang(_: Any) -> Any:
        await hanging.wait()
        raise AssertionError

    async def run() -> None:
        now = asyncio.get_running_loop().time
        transport = httpx.MockTransport(hang)
        async with httpx.AsyncClient(transport=transport) as http:
            client = client_for(
                "async", "kie", None, Time(), http_client=http, timeout=60.0,
                clock=now, sleep=asyncio.sleep,
            )  # fmt: skip
            ahead = [asyncio.create_task(client.credits()) for _ in range(CONNECTIONS)]
            await asyncio.sleep(0)
            began = now()
            with pytest.raises(TaskTimeout) as caught:
                await client.job("t1").wait(0)
            assert now() - began == pytest.approx(5.0)
            for task in ahead:
                task.cancel()
            await asyncio.gather(*ahead, return_exceptions=True)
        trouble = caught.value.__cause__
        assert isinstance(trouble, TransportError)
        assert trouble.sent is False

    run_virtually(run())


def test_a_turn_that_came_too_late_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each that was kept would be missing from then on, until nothing is sent any more."""

    async def late(turn: asyncio.Semaphore, patience: float) -> float:
        await turn.acquire()
        return patience + 1

    everyone = asyncio.Barrier(CONNECTIONS)

    async def answer(_: httpx.Request) -> httpx.Response:
        await everyone.wait()
        return envelope(200, 7)

    async def run() -> list[float]:
        transport = httpx.MockTransport(answer)
        async with httpx.AsyncClient(transport=transport) as http:
            client = client_for("async", "kie", None, Time(), http_client=http)
            with monkeypatch.context() as patch:
                patch.setattr(wire, "wait_for_slot", late)
                with pytest.raises(TransportError):
                    await client.credits()
            return await asyncio.gather(*[client.credits() for _ in range(CONNECTIONS)])

    assert run_virtually(run()) == [7.0] * CONNECTIONS


@pytest.mark.parametrize(("method", "left"), [("GET", 7.0), ("POST", 10.0)])
def test_a_wait_for_a_connection_counts(method: str, left: float) -> None:
    """For a poll; a create gets its full time, because its answer must not be missed."""
    send = Send(Call(method, "/"), 10.0)
    send.subtract_wait(3.0)
    assert send.timeout == left


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_a_connection_in_time_nothing_was_sent(method: str) -> None:
    """So that a create may be tried again."""
    send = Send(Call(method, "/"), 10.0)
    with pytest.raises(TransportError, match="No connection was free") as caught:
        send.subtract_wait(10.0)
    assert caught.value.sent is False


def test_a_send_begins_when_it_is_its_turn() -> None:
    """And not when it is thought of."""
    with Loopback(lambda _: HANG) as server:
        send = Send(Call("GET", "/x"), IMPATIENT)
        assert send.started is False
        with pytest.raises(TransportError):
            SyncWire(core(server.url), Connections(sync_carriers(server.url))).send(send)
        assert send.started is True
    assert KEY not in repr(send)


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
