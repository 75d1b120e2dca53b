"""Guards against losing a paid task's id to a Ctrl-C, a cancellation or a raising listener."""

import asyncio
import gc
import logging
import socket
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from client.booked import ctrl_c_works, press_ctrl_c, told
from client.play import KEY, KINDS, PROMPT, Script, Stop, Time, client_for, created, details, play
from imagen4 import Imagen4Error, TaskTimeout


def creates(stop_at: int | None, stopped_by: BaseException) -> Iterator[Any]:
    """Three creates; one of them is interrupted before its answer comes."""
    for index in range(3):

        def reply(_: httpx.Request, index: int = index) -> httpx.Response:
            if index == stop_at:
                raise stopped_by
            return created(f"t{index}")

        yield reply


# What asyncio makes of a Ctrl-C is a cancellation, tested below.
@pytest.mark.parametrize(
    ("kind", "interruption"), [("sync", Stop), ("sync", KeyboardInterrupt), ("async", Stop)]
)
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_ctrl_c_during_a_create_logs_what_is_known(
    kind: str, at: int, interruption: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    """The ids so far, and that one more task may exist."""
    script = Script(creates=creates(at, interruption()))
    with pytest.raises(interruption):
        play(kind, script, lambda c: c.generate(PROMPT, num_images=3))
    (record,) = [each for each in caplog.records if each.levelno >= logging.WARNING]
    known = ", ".join(f"t{index}" for index in range(at)) or "(none known)"
    assert (record.name, record.levelname) == ("imagen4", "WARNING")
    assert record.getMessage() == (
        f"kie: {interruption.__name__} while working on tasks {known}; "
        "a create was under way and may have been accepted"
    )
    assert KEY not in caplog.text
    assert PROMPT not in caplog.text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("moment", ["sleep", "poll", "on_event"])
def test_an_interrupted_wait_logs_the_ids(
    kind: str, moment: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Wherever it is interrupted: in a sleep, in a poll, or in the caller's own function."""
    polls: list[Any] = [details("t1", "waiting")]

    def stop(*_: object) -> None:
        raise Stop

    async def stop_async(*_: object) -> None:
        raise Stop

    settings: dict[str, Any] = {}
    if moment == "sleep":
        settings["sleep"] = stop if kind == "sync" else stop_async
    if moment == "poll":
        polls = [stop]
    on_event = stop if moment == "on_event" else None
    with pytest.raises(Stop):
        play(
            kind, Script(polls=polls), lambda c: c.job("t1", "t2").wait(on_event=on_event),
            **settings,
        )  # fmt: skip
    assert caplog.messages == ["kie: Stop while working on tasks t1, t2"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_of_the_callers_own_passes_unchanged(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """What passes time may raise what it likes; the ids are in the log."""

    def sleep(_: float) -> None:
        raise LookupError("no time")

    script = Script(polls=[details("t1", "waiting")])
    with pytest.raises(LookupError, match="no time"):
        play(kind, script, lambda c: c.job("t1").wait(), sleep=sleep)
    assert caplog.messages == ["kie: LookupError while working on tasks t1"]


def test_an_answer_that_came_is_known_though_it_was_not_read(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A Ctrl-C between the arrival of an answer and its reading finds the id in it."""
    here = False

    class Answer(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            nonlocal here
            yield created("t1").content
            here = True

    def clock() -> float:
        if here:
            raise Stop
        return 0.0

    script = Script(creates=[lambda _: httpx.Response(200, stream=Answer())])
    with pytest.raises(Stop):
        play("sync", script, lambda c: c.submit(PROMPT), clock=clock)
    assert caplog.messages == ["kie: Stop while working on tasks t1"]


async def cancelled_after(turns: int) -> tuple[BaseException, set[str]]:
    """Cancel a call after so many turns of the loop: how it ended, and the ids answered."""
    answered: set[str] = set()

    async def transport(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        if request.method == "GET":
            return details(request.url.params["taskId"], "waiting")
        task_id = f"t{len(answered)}"
        answered.add(task_id)
        return created(task_id)

    async with httpx.AsyncClient(transport=httpx.MockTransport(transport)) as http:
        client = client_for("async", "kie", None, Time(), http_client=http)
        task = asyncio.create_task(client.generate(PROMPT, num_images=3, timeout=30))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        (ended,) = await asyncio.gather(task, return_exceptions=True)
    return ended, answered


def test_a_cancellation_at_any_await_loses_no_id(caplog: pytest.LogCaptureFixture) -> None:
    """Cancelled after 1, 2, 3 ... turns of the loop, every id answered so far is in the log."""
    seen: set[int] = set()
    for turns in range(1, 200):
        caplog.clear()
        ended, answered = asyncio.run(cancelled_after(turns))
        if isinstance(ended, Imagen4Error):
            break
        assert isinstance(ended, asyncio.CancelledError)
        assert all(name in caplog.text for name in answered), caplog.text
        seen.add(len(answered))
    assert isinstance(ended, TaskTimeout)
    assert set(ended.task_ids) == answered
    assert seen >= {1, 2, 3}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_logged_where_nothing_is_known(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """An interrupted question about the balance concerns no task."""

    def stop(_: httpx.Request) -> httpx.Response:
        raise Stop

    with pytest.raises(Stop):
        play(kind, Script(others=[stop]), lambda c: c.credits())
    assert caplog.messages == []


# A socket on which a Ctrl-C fell is closed by being forgotten.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("kind", KINDS)
def test_a_create_that_is_stopped_before_it_left_is_not_said_to_be_out(kind: str) -> None:
    """Nothing is to be looked for at the gateway: here, not even TLS had come about."""
    accepted: list[socket.socket] = []

    def press() -> None:
        accepted.append(server.accept()[0])
        accepted[0].recv(1)  # of the handshake, which is not answered
        press_ctrl_c()

    with ctrl_c_works(), socket.create_server(("127.0.0.1", 0)) as server, told() as lines:
        url = f"https://127.0.0.1:{server.getsockname()[1]}"
        threading.Thread(target=press).start()
        with pytest.raises(KeyboardInterrupt) as stopped:
            play(kind, None, lambda c: c.generate(PROMPT), base_url=url)
    accepted[0].close()
    assert lines == []
    assert not hasattr(stopped.value, "creates_out")
    del stopped
    gc.collect()
