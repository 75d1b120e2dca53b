"""Guards against losing ids when a loop is left, or a client closed, while creates are out."""

import asyncio
import logging
from typing import Any

import httpx
import pytest

from client.booked import told
from client.own_connections import watched
from client.play import (
    KEY,
    KINDS,
    PROMPT,
    QUICK,
    Script,
    created,
    details,
    play,
    succeeded,
    task_id_of,
)
from imagen4 import AsyncClient, Request

COUNT = 4


class Slow:
    """Answers the first create at once and the others, which it counts, when told to."""

    def __init__(self) -> None:
        self.answering = asyncio.Event()
        self.all_out = asyncio.Event()
        self.creates = 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            await self.all_out.wait()
            return succeeded(task_id_of(request))
        self.creates += 1
        number = self.creates
        if number == COUNT:
            self.all_out.set()
        if number > 1:
            await self.answering.wait()
        return created(f"t{number}")

    async def answer_soon(self) -> None:
        for _ in range(50):
            await asyncio.sleep(0)
        self.answering.set()


def client_of(server: Slow, monkeypatch: pytest.MonkeyPatch) -> AsyncClient:
    """One with connections of its own, at whose other end the server is."""
    watched(monkeypatch, server)
    return AsyncClient("kie", api_key=KEY, polling=QUICK)


@pytest.mark.parametrize("how", ["break", "aclose"])
def test_leaving_the_loop_waits_for_the_answers_to_creates(
    how: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """They are paid for; nothing further is sent."""

    async def left() -> None:
        server = Slow()
        async with client_of(server, monkeypatch) as client:
            every = client.generate_many([PROMPT] * COUNT, max_in_flight=COUNT)
            asyncio.get_running_loop().create_task(server.answer_soon())
            async for done in every:
                assert done.get().task_ids == ("t1",)
                break
            if how == "aclose":
                await every.aclose()
            del every
        assert server.creates == COUNT

    with caplog.at_level(logging.WARNING, logger="imagen4"):
        asyncio.run(left())
    assert [name for name in ("t2", "t3", "t4") if name not in caplog.text] == []
    assert "under way" not in caplog.text


def test_no_further_create_is_sent_for_a_request_that_was_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The other pictures of a request are not paid for when nobody waits for them."""

    async def left() -> int:
        server = Slow()
        async with client_of(server, monkeypatch) as client:
            requests = [PROMPT, *[Request(PROMPT, num_images=2)] * (COUNT - 1)]
            every = client.generate_many(requests, max_in_flight=COUNT)
            async for _ in every:
                break
            asyncio.get_running_loop().create_task(server.answer_soon())
            await every.aclose()
        return server.creates

    assert asyncio.run(left()) == COUNT


def test_a_cancellation_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is urgent; that creates were under way is in the log."""

    async def cancelled() -> bool:
        server = Slow()  # which never answers
        async with client_of(server, monkeypatch) as client:

            async def consume() -> None:
                async for _ in client.generate_many([PROMPT] * COUNT, max_in_flight=COUNT):
                    await asyncio.Event().wait()

            consumer = asyncio.create_task(consume())
            await server.all_out.wait()
            consumer.cancel()
            for _ in range(50):
                await asyncio.sleep(0)
            ended = consumer.done()
            server.answering.set()
            return ended

    assert asyncio.run(cancelled())


def test_closing_waits_for_a_create_that_is_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for it, in another asyncio task, gets the job; the wait is announced."""

    async def closed() -> tuple[str, ...]:
        server = Slow()
        server.creates = COUNT - 1  # so that the next one is the last
        client = client_of(server, monkeypatch)
        submitting = asyncio.create_task(client.submit(PROMPT))
        await server.all_out.wait()
        answering = asyncio.create_task(server.answer_soon())
        await client.close()
        assert server.answering.is_set()
        await answering
        return (await submitting).task_ids

    with told() as lines:
        assert asyncio.run(closed()) == (f"t{COUNT}",)
    assert lines[0].endswith("; waiting for the outcome of a create, Ctrl-C leaves without it")


@pytest.mark.parametrize("kind", KINDS)
def test_closing_the_updates_early_logs_the_ids(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Who stops looking is reminded of what is still running."""
    script = Script(polls=[details("t1", "waiting")])

    def sync(client: Any) -> None:
        updates = client.job("t1").events()
        next(updates)
        updates.close()

    async def by_await(client: Any) -> None:
        updates = client.job("t1").events()
        await anext(updates)
        await updates.aclose()

    play(kind, script, sync if kind == "sync" else by_await)
    assert caplog.messages == ["kie: GeneratorExit while working on tasks t1"]
