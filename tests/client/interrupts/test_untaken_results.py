"""Guards against results of `generate_many` that were paid for and that nobody hears of."""

import asyncio
import logging
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
    play,
    succeeded,
    task_id_of,
)
from imagen4 import Succeeded
from imagen4.core.effects import StepRunner


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


def test_results_that_nobody_took_are_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Their tasks were paid for; the async client completes them while others are looked at."""
    names = [f"t{number}" for number in range(4)]
    script = Script(creates=map(created, names), polls=[lambda r: succeeded(task_id_of(r))])

    async def first_only() -> Any:
        async with client_for("async", "kie", script, Time(), polling=QUICK) as client:
            every = client.generate_many([PROMPT] * 4)
            first = await anext(every)
            for _ in range(200):  # in which the others come to their end
                await asyncio.sleep(0)
            assert len(script.sent("recordInfo")) == 4
            await every.aclose()
            return first

    with caplog.at_level(logging.WARNING, logger="imagen4"):
        taken = asyncio.run(first_only()).get().task_ids
    assert [name for name in names if name not in caplog.text] == list(taken)


@pytest.mark.parametrize("moment", ["made", "handed over"])
def test_a_ctrl_c_just_as_a_result_is_ready_loses_no_id(
    moment: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Between the last answer and the loop over `generate_many` it is still on record."""

    class Stop(BaseException):
        """Stands in for KeyboardInterrupt, which pytest would take personally."""

    def interrupted(*_: object) -> None:
        raise Stop

    def just_after(course: StepRunner[Any]) -> Any:
        effect = advance(course)
        if effect is None:
            raise Stop
        return effect

    advance = StepRunner.advance
    if moment == "made":
        monkeypatch.setattr(Succeeded, "__init__", interrupted)
    else:
        monkeypatch.setattr(StepRunner, "advance", just_after)
    script = Script(creates=[created("t1")], polls=[succeeded("t1")])
    client = client_for("sync", "kie", script, Time(), polling=QUICK)
    with pytest.raises(Stop):
        list(client.generate_many([PROMPT]))
    assert "t1" in caplog.text


def test_a_create_that_waits_for_its_turn_was_not_under_way(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Cancelled before it went out, it cannot have been accepted, and nobody is told so."""

    async def hang(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async def run() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(hang)) as http_client:
            client = client_for(
                "async", "kie", None, Time(), http_client=http_client, polling=QUICK
            )
            tasks = [asyncio.create_task(client.submit(PROMPT)) for _ in range(53)]
            for _ in range(20):
                await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    with caplog.at_level(logging.WARNING, "imagen4"):
        asyncio.run(run())
    assert len([each for each in caplog.messages if "may have been accepted" in each]) == 50
    assert len(caplog.messages) == 50
