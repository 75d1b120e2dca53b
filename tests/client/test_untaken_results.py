"""Results of `generate_many` that were ready, or on their way, when the loop over them ended."""

import asyncio
import logging
from typing import Any

import httpx
import pytest

from client.play import (
    KEY,
    PROMPT,
    QUICK,
    Script,
    Time,
    client_for,
    created,
    details,
    succeeded,
    task_id_of,
)
from imagen4 import Finished, Polling, TaskTimeout, TransportError
from imagen4.core.batch import taken_up
from imagen4.core.effects import Answer, Call, Course, Send, Update
from imagen4.core.waiting import waited
from imagen4.wire import transport
from imagen4.wire.transport import CONNECTIONS


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


def test_a_slow_consumer_does_not_cost_other_tasks_their_last_poll() -> None:
    """What arrived before a pause counts from its arrival, not from when it is looked at."""
    time = Time()
    settings = client_for("sync", "kie", Script(), time, polling=Polling(paced=False))._settings
    started, deadline = settings.deadline(8.0)
    steps = waited(settings, taken_up(("t1",)), started, deadline)
    send: Any = next(steps)
    send.ended = time.now
    time.now += 12.0
    assert isinstance(steps.send(seen("t1", "generating")), Update)
    assert isinstance(next(steps), Send)
    with pytest.raises(TaskTimeout):
        [steps.send(seen("t1", "generating")), next(steps)]


def seen(task_id: str, state: str) -> Answer:
    return Answer(200, {}, details(task_id, state).content)


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


@pytest.mark.parametrize("moment", ["made", "handed over"])
def test_a_ctrl_c_just_as_a_result_is_ready_loses_no_id(
    moment: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Between the last answer and the loop over `generate_many` it is still on record."""

    class Stop(BaseException):
        """Stands in for KeyboardInterrupt, which pytest would take personally."""

    def interrupted(*_: object) -> None:
        raise Stop

    def just_after(course: Course[Any]) -> Any:
        effect = advance(course)
        if effect is None:
            raise Stop
        return effect

    advance = Course.advance
    if moment == "made":
        monkeypatch.setattr(Finished, "__init__", interrupted)
    else:
        monkeypatch.setattr(Course, "advance", just_after)
    script = Script(creates=[created("t1")], polls=[succeeded("t1")])
    client = client_for("sync", "kie", script, Time(), polling=QUICK)
    with pytest.raises(Stop):
        list(client.generate_many([PROMPT]))
    assert "t1" in caplog.text
