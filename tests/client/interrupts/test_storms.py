"""Guards against a client that cancellations or Ctrl-Cs wear down until it sends nothing more."""

import asyncio
import gc
import json
import logging
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from types import FrameType
from typing import Any

import pytest

from client.loopback import IMPATIENT, Loopback, http
from client.play import KEY, PICTURES, PROMPT, QUICK
from client.raw_answers import BALANCE
from imagen4 import AsyncClient, Client
from imagen4.wire.transport import CONNECTIONS

TASK = json.dumps(
    {"code": 200, "data": {"taskId": "t1", "state": "success", "resultJson": PICTURES}}
).encode()


@asynccontextmanager
async def gateway() -> AsyncIterator[str]:
    """One in this event loop, so that an answer takes always as many turns of it."""
    serving: set[asyncio.Task[Any] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(BALANCE)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    for task in filter(None, serving):
        task.cancel()
    await asyncio.gather(*filter(None, serving), return_exceptions=True)


@pytest.mark.parametrize("cancellations", [1200, pytest.param(6000, marks=pytest.mark.slow)])
def test_after_any_number_of_cancellations_as_many_requests_are_served_as_ever(
    cancellations: int,
) -> None:
    """Whenever they come: no connection, and no turn to send, is lost to one of them."""

    async def cancelled(client: AsyncClient, turns: int) -> None:
        task = asyncio.create_task(client.credits())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def storm() -> None:
        async with (
            gateway() as url,
            AsyncClient("kie", api_key=KEY, base_url=url, timeout=IMPATIENT) as client,
        ):
            for number in range(cancellations):
                await cancelled(client, number % 20)
            balances = await asyncio.gather(*[client.credits() for _ in range(CONNECTIONS)])
            assert balances == [7.0] * CONNECTIONS

    asyncio.run(storm())


@contextmanager
def interrupted_at(step: int) -> Iterator[None]:
    """A Ctrl-C at the `step`-th line that is executed, of whatever library."""
    left = step

    def trace(frame: FrameType, event: str, _: object) -> Callable[..., Any]:
        nonlocal left
        if event == "line":
            left -= 1
            if left == 0:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


# A socket on which a Ctrl-C fell is closed by being forgotten.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("every", [40, pytest.param(3, marks=pytest.mark.slow)])
def test_after_a_ctrl_c_at_any_line_the_client_still_works(
    every: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Between taking and letting go of a lock, too: nothing is waited for that never comes."""
    caplog.set_level(logging.CRITICAL, "imagen4")

    with (
        Loopback(lambda _: http(200, TASK)) as server,
        Client("kie", api_key=KEY, base_url=server.url, polling=QUICK, timeout=5) as client,
    ):
        client.generate(PROMPT)
        interrupts = 0
        for step in range(1, 100_000, every):
            try:
                with interrupted_at(step):
                    client.generate(PROMPT)
                break
            except KeyboardInterrupt:
                interrupts += 1
            assert client.generate(PROMPT).task_ids == ("t1",)
        assert interrupts * every > 2000
    gc.collect()
