"""Guards against requests that crowd the connection pool, and turns that are lost for ever."""

import asyncio
from typing import Any

import httpx
import pytest

from client.loopback import HANG, IMPATIENT, Loopback
from client.play import KEY, QUICK, Script, Time, client_for, created, succeeded, task_id_of
from imagen4 import TransportError
from imagen4.core.effects import Call, Send
from imagen4.wire import transport
from imagen4.wire.transport import CONNECTIONS


def test_an_async_poll_does_not_queue_for_longer_than_it_may_take() -> None:
    """Requests that hang take all the turns; the deadline holds for those behind them, too."""
    hanging = asyncio.Event()

    async def hang(_: Any) -> Any:
        await hanging.wait()
        raise AssertionError

    async def run() -> TransportError:
        http_client = httpx.AsyncClient(transport=httpx.MockTransport(hang))
        client = client_for(
            "async", "kie", None, Time(), http_client=http_client, timeout=0.05, api_key=KEY
        )
        wire = client._driver._wire
        call = Call("GET", "/")
        ahead = [asyncio.create_task(wire.send(Send(call, 60.0))) for _ in range(CONNECTIONS)]
        await asyncio.sleep(0)
        with pytest.raises(TransportError) as caught:
            await wire.send(Send(call, 0.05))
        for task in ahead:
            task.cancel()
        await asyncio.gather(*ahead, return_exceptions=True)
        await http_client.aclose()
        return caught.value

    assert asyncio.run(run()).sent is False


def test_a_turn_that_came_too_late_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each that was kept would be missing from then on, until nothing is sent any more."""

    async def late(turn: asyncio.Semaphore, patience: float) -> float:
        await turn.acquire()
        return patience + 1

    async def free_turns() -> int:
        async with client_for("async", "kie", Script(), Time()) as client:
            wire = client._driver._wire
            with pytest.raises(TransportError):
                await wire.send(Send(Call("GET", "/"), 1.0))
            return wire._turns[asyncio.get_running_loop()]._value

    monkeypatch.setattr(transport, "wait_for_turn", late)
    assert asyncio.run(free_turns()) == CONNECTIONS


@pytest.mark.parametrize(("method", "left"), [("GET", 7.0), ("POST", 10.0)])
def test_a_wait_for_a_connection_counts(method: str, left: float) -> None:
    """For a poll; a create gets its full time, because its answer must not be missed."""
    send = Send(Call(method, "/"), 10.0)
    send.waited(3.0)
    assert send.timeout == left


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_a_connection_in_time_nothing_was_sent(method: str) -> None:
    """So that a create may be tried again."""
    send = Send(Call(method, "/"), 10.0)
    with pytest.raises(TransportError, match="No connection was free") as caught:
        send.waited(10.0)
    assert caught.value.sent is False


def test_a_send_begins_when_it_is_its_turn() -> None:
    """And not when it is thought of."""
    with Loopback(lambda _: HANG) as server:
        client = client_for("sync", "kie", None, Time(), base_url=server.url)
        send = Send(Call("GET", "/x"), IMPATIENT)
        assert send.started is False
        with pytest.raises(TransportError):
            client._driver._wire.send(send)
        assert send.started is True
        client.close()
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
