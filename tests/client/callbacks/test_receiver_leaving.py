"""Guards against waits for a callback that cannot be left, or that forget what is paid."""

import asyncio
import logging
import time
from typing import Any

import pytest

from client.play import KINDS, Stop, settled
from client.receiving import run, settings
from imagen4 import AsyncClient
from imagen4.callbacks import Receiver
from imagen4.sandbox import Sandbox


@pytest.mark.parametrize("kind", KINDS)
def test_leaving_many_requests_names_those_that_are_waited_for(
    sandbox: Sandbox, receiver: Receiver, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """At once, after the first result: the task of the other has an hour to go."""
    sandbox.fault("slow-task", word="owl", seconds=3600)

    async def leave(client: Any) -> None:
        many = client.generate_many(["a fox", "an owl"], callback=receiver)
        await settled(next(many) if kind == "sync" else anext(many))
        await settled(many.close() if kind == "sync" else many.aclose())

    began = time.monotonic()
    run(kind, leave, **settings(sandbox))
    assert time.monotonic() - began < 60
    (owl,) = [task.id for task in sandbox.state.tasks.values() if task.prompt == "an owl"]
    assert owl in "".join(each.getMessage() for each in caplog.records)


@pytest.mark.parametrize("kind", KINDS)
def test_what_sleeping_raises_ends_the_wait_for_a_callback(
    sandbox: Sandbox, receiver: Receiver, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A Ctrl-C between two looks at the bell, say: at the first one, and the task's id is told."""
    naps = []

    def interrupt(seconds: float) -> None:
        naps.append(seconds)
        raise Stop

    async def interrupt_async(seconds: float) -> None:
        interrupt(seconds)

    sleep = interrupt if kind == "sync" else interrupt_async
    sandbox.configure(generating=3600)
    with pytest.raises(Stop):
        run(
            kind,
            lambda c: c.generate("a fox", callback=receiver),
            **settings(sandbox, sleep=sleep),
        )
    assert len(naps) == 1
    (task,) = sandbox.state.tasks.values()
    assert task.id in caplog.text


def test_a_cancellation_ends_the_wait_for_a_callback(
    sandbox: Sandbox, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    """And leaves nothing running in the loop."""
    sandbox.configure(generating=3600)

    async def main() -> None:
        waited = asyncio.Event()

        async def resting(seconds: float) -> None:
            waited.set()
            await asyncio.sleep(seconds)

        async with AsyncClient(**settings(sandbox, sleep=resting)) as client:
            waiting = asyncio.create_task(client.generate("a fox", callback=receiver))
            await waited.wait()
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        assert asyncio.all_tasks() == {asyncio.current_task()}

    with caplog.at_level(logging.WARNING):
        asyncio.run(main())
    (task,) = sandbox.state.tasks.values()
    assert task.id in caplog.text
