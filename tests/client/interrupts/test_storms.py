"""Guards against a client that cancellations or Ctrl-Cs wear down until it sends nothing more."""

import asyncio
import gc
import json
import logging
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from client.loopback import Loopback, Received, http
from client.pictures import PNG
from client.play import KEY, PICTURES, PROMPT, QUICK, succeeded
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


@pytest.mark.parametrize("cancellations", [600, pytest.param(6000, marks=pytest.mark.slow)])
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
            AsyncClient("kie", api_key=KEY, base_url=url) as client,
        ):
            for number in range(cancellations):
                await cancelled(client, number % 20)
            balances = await asyncio.gather(*[client.credits() for _ in range(CONNECTIONS)])
            assert balances == [7.0] * CONNECTIONS

    asyncio.run(storm())


@contextmanager
def interrupted_at(step: int, reached: list[int]) -> Iterator[None]:
    """A Ctrl-C at the `step`-th place, of whatever library, where Python looks for one.

    It looks as a function begins and when one written in C is done.
    """
    left = step

    def profile(_: FrameType, event: str, __: object) -> None:
        nonlocal left
        left -= event in ("call", "c_return")
        if left == 0:
            reached.append(step)
            raise KeyboardInterrupt

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        yield
    finally:
        sys.setprofile(before)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.slow)])
def test_after_a_ctrl_c_anywhere_in_saving_no_temporary_file_is_left(
    every: int, tmp_path: Path
) -> None:
    """Threads that were just started end, too, before the Ctrl-C goes on."""

    def reply(received: Received) -> bytes:
        links = (f"{server.url}/{number}.png" for number in range(3))
        return http(200, succeeded("t1", *links).content if "?" in received.path else PNG)

    with Loopback(reply) as server:
        with Client("kie", api_key=KEY, base_url=server.url, polling=QUICK) as client:
            result = client.job("t1").wait()
        reached: list[int] = []
        for step in range(1, 100_000, every):
            with suppress(KeyboardInterrupt), interrupted_at(step, reached):
                result.save(tmp_path)
            assert list(tmp_path.glob(".*")) == []
            if step not in reached:
                break
        assert len(reached) > 3


CALLS: tuple[Callable[[Client], Any], ...] = (
    lambda client: client.credits(),
    lambda client: client.submit(PROMPT).task_ids,
    lambda client: client.generate(PROMPT).task_ids,
)


# A socket on which a Ctrl-C fell is closed by being forgotten.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("every", "most"), [(35, 150), pytest.param(1, 5000, marks=pytest.mark.slow)]
)
def test_after_a_ctrl_c_anywhere_the_client_still_works(
    every: int, most: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Between taking and letting go of a lock, too: nothing is waited for that never comes."""
    caplog.set_level(logging.CRITICAL, "imagen4")
    interrupts = interrupt_calls(every, most)
    gc.collect()  # what they left, with the client gone, before another test is blamed for it
    assert interrupts == most


def interrupt_calls(every: int, most: int) -> int:
    """Let a Ctrl-C fall on each so many-th step of the calls, and see that the client works."""
    interrupts = 0
    with (
        Loopback(lambda each: BALANCE if "credit" in each.path else http(200, TASK)) as server,
        Client("kie", api_key=KEY, base_url=server.url, polling=QUICK, timeout=5) as client,
    ):
        for call in CALLS:
            usual, reached = call(client), list[int]()
            for step in range(1, 100_000, every):
                with suppress(KeyboardInterrupt), interrupted_at(step, reached):
                    call(client)
                if step not in reached[-1:] or interrupts + len(reached) == most:
                    break
                assert len(reached) % 10 or call(client) == usual
            interrupts += len(reached)
        results = list(client.generate_many([PROMPT] * CONNECTIONS))
        assert [done.error for done in results] == [None] * CONNECTIONS
    return interrupts


FIRST_CALL = """
import sys, imagen4
def press(_, event, __):
    global left
    left -= event in ("call", "c_return")
    if left == 0:
        raise KeyboardInterrupt
polling = imagen4.Polling.immediate()
client = imagen4.Client("kie", api_key="k" * 20, base_url=sys.argv[1], polling=polling)
left = int(sys.argv[2])
sys.setprofile(press)
try:
    client.generate("a fox")
except KeyboardInterrupt:
    pass
sys.setprofile(None)
print(left <= 0, len(client.generate("a fox")))
"""


@pytest.mark.slow
def test_after_a_ctrl_c_anywhere_in_its_first_call_the_client_still_works() -> None:
    """That one loads what serves it: nothing stays half loaded."""
    with Loopback(lambda _: http(200, TASK)) as server:
        for step in range(1, 40_000, 3_000):
            command = [sys.executable, "-W", "ignore", "-c", FIRST_CALL, server.url, str(step)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
            assert done.stdout.split() == ["True", "1"]
