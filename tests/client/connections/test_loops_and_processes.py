"""Guards against a connection that two processes or event loops read from."""

import asyncio
import gc
import os
from functools import partial
from typing import Any
from weakref import WeakSet

import httpx
import pytest

from client.loopback import Loopback, Received
from client.own_connections import watched
from client.play import KEY, PICTURES, envelope
from client.raw_answers import answered
from imagen4 import AsyncClient, Client, Polling
from imagen4.wire.carriers import Carrier, SyncCarrier
from imagen4.wire.connections import Connections

COUNT = 120  # more than may be on the way at a time, so that some wait for their turn


def answer(request: Received) -> bytes:
    data: dict[str, Any] = {"taskId": request.path.partition("taskId=")[2] or "t"}
    if request.method == "GET":
        data |= {"state": "success", "resultJson": PICTURES}
    return answered(data)


def test_one_client_serves_one_loop_after_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its second loop gets connections of its own; those of the first could not be read from."""
    seen = watched(monkeypatch)
    with Loopback(answer) as server:
        patient = Polling.immediate(60)  # a busy machine takes its time over so many
        client = AsyncClient("kie", api_key=KEY, base_url=server.url, polling=patient)

        async def run() -> int:
            every = client.generate_many(map(str, range(COUNT)), max_in_flight=COUNT)
            made = len([each async for each in every if each.error is None])
            used.append({id(each) for each in seen.used})
            for each in set(seen.used):
                await each.aclose()
            alive.extend(seen.used)  # so that no other gets its id
            seen.used.clear()
            return made

        used: list[set[int]] = []
        alive: list[Any] = []
        assert [asyncio.run(run()) for _ in range(2)] == [COUNT, COUNT]
        assert len(server.paths("POST")) == 2 * COUNT
    assert used[0].isdisjoint(used[1])


def test_a_forked_child_does_not_use_its_parents_connections(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It would read the answers to its parent's creates; and it leaves them open for the parent."""
    seen = watched(monkeypatch, lambda _: envelope(200, 7))
    client = Client("kie", api_key=KEY)
    assert [client.credits(), client.credits()] == [7, 7]
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert client.credits() == 7
    client.close()
    parents, again, childs = seen.used
    assert again is parents
    assert childs is not parents
    assert seen.closed == [childs]


def test_a_child_that_sent_nothing_closes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that leaves a `with` block of its parent's."""
    seen = watched(monkeypatch, lambda _: envelope(200, 7))
    client = Client("kie", api_key=KEY)
    assert client.credits() == 7
    monkeypatch.setattr(os, "getpid", lambda: -1)
    client.close()
    assert seen.closed == []


def carrier_of(what: object) -> SyncCarrier:
    """One that sends nothing, and keeps `what` alive as long as it lives."""
    return Carrier(*[lambda _: httpx.Response(204)] * 2, partial(print, what))


def test_two_requests_at_a_time_have_each_a_connection_of_their_own() -> None:
    """And one after the other can share one; closing closes those that nobody uses."""
    connections = Connections(lambda: carrier_of("x"))
    first, second = connections.take(fresh=False), connections.take(fresh=False)
    assert first is not second
    assert connections.keep(first, wanted=True)
    assert connections.take(fresh=False) is first
    assert connections.take(fresh=True) is not first
    assert connections.keep(second, wanted=True)
    assert connections.mark_closed() == [second]
    assert not connections.keep(first, wanted=True)


def test_loops_that_were_closed_are_forgotten() -> None:
    """A client that is used in one loop after another does not grow."""
    alive: WeakSet[Any] = WeakSet()

    class Made:
        def __init__(self) -> None:
            alive.add(self)

    connections = Connections(lambda: carrier_of(Made()))

    async def used() -> None:
        loop = asyncio.get_running_loop()
        assert connections.keep(connections.take(loop, fresh=False), loop, wanted=True)

    for _ in range(5):
        asyncio.run(used())
    gc.collect()
    assert len(alive) == 1
