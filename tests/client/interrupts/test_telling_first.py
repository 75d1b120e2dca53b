"""Guards against ids that are lost since something is waited for before they are told."""

import asyncio
import logging
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from client.booked import KEY, PATIENCE, Booked, ctrl_c_works, press_ctrl_c, told
from imagen4 import AsyncClient, Polling
from imagen4.core.answer import Call
from imagen4.core.effects import Send
from imagen4.core.job_state import JobState
from imagen4.interruptions import OpenJobs

COUNT = 4
WAITS = "; waiting for the outcome of a create, Ctrl-C leaves without it"


@pytest.fixture(autouse=True)
def a_terminal() -> Iterator[None]:
    with ctrl_c_works():
        yield


def interrupted(server: Booked) -> BaseException:
    """Ctrl-C once three tasks run and the fourth one's create is out: what is raised then."""
    threading.Thread(target=lambda: (server.all_out.wait(PATIENCE), press_ctrl_c())).start()
    with server.client() as client, pytest.raises(KeyboardInterrupt) as raised:
        list(client.generate_many(["x"] * COUNT))
    return raised.value


def told_before_waiting(lines: list[str], who: str) -> set[str]:
    """The ids in the lines up to the one that says what is waited for.

    That has all of them, but for those of a job into whose steps the interruption fell: they
    have a line of their own before.
    """
    first = next(number for number, line in enumerate(lines) if line.rstrip().endswith(WAITS))
    told = lines[: first + 1]
    assert all(line.startswith(f"kie: {who} while working on tasks ") for line in told)
    return set(re.findall(r"\bt\d\b", "".join(told)))


def test_a_ctrl_c_tells_the_known_ids_before_it_waits_for_an_answer() -> None:
    """The answer comes only after the line, which says what is waited for; then its id, too."""

    def release(line: str) -> None:
        if line.endswith(WAITS):
            server.release.set()

    with Booked(prompt=3) as server, told(release) as lines:
        stopped: Any = interrupted(server)
    assert told_before_waiting(lines, "KeyboardInterrupt") == {"t1", "t2", "t3"}
    assert "t4" in lines[-1]
    assert set(stopped.task_ids) == set(server.book)
    assert stopped.creates_out == 0


def test_a_second_ctrl_c_leaves_at_once_with_every_id_that_is_known() -> None:
    """Leaving the client does not wait for that answer again."""
    presses = iter([press_ctrl_c])

    def press(line: str) -> None:
        if line.endswith(WAITS):
            next(presses, int)()

    with Booked(prompt=3) as server, told(press) as lines:
        stopped: Any = interrupted(server)
        assert not server.release.is_set()
    assert told_before_waiting(lines, "KeyboardInterrupt") == {"t1", "t2", "t3"}
    assert lines[-1].endswith("a create was under way and may have been accepted")
    assert (set(stopped.task_ids), stopped.creates_out) == ({"t1", "t2", "t3"}, 1)


def test_the_ids_are_on_the_exception_whatever_is_logged() -> None:
    """Its traceback, which nobody has to ask for, shows them."""
    logger = logging.getLogger("imagen4")
    logger.disabled = True
    try:
        with Booked(prompt=3) as server:
            threading.Thread(
                target=lambda: (
                    server.all_out.wait(PATIENCE), press_ctrl_c(), server.release.wait(0.2),
                    press_ctrl_c(),
                )
            ).start()  # fmt: skip
            with server.client() as client, pytest.raises(KeyboardInterrupt) as raised:
                list(client.generate_many(["x"] * COUNT))
    finally:
        logger.disabled = False
    (note,) = raised.value.__notes__
    assert all(name in note for name in ("t1", "t2", "t3", "may have been accepted"))


@pytest.mark.parametrize("how", ["aclose", "cancel"])
def test_the_async_client_tells_before_it_waits(how: str) -> None:
    """A cancellation does not wait: that a create was out, is said."""

    async def left(server: Booked) -> None:
        settings: Any = {"base_url": server.url, "polling": Polling.immediate(PATIENCE)}
        async with AsyncClient("kie", api_key=KEY, **settings) as client:
            every = client.generate_many(["x"] * COUNT)
            task = asyncio.ensure_future(anext(every))
            await asyncio.to_thread(server.all_out.wait, PATIENCE)
            if how == "cancel":
                task.cancel()
                await asyncio.wait([task])
                return
            server.ended.add("t1")
            await task
            await every.aclose()

    with Booked(prompt=3) as server, told(lambda _: server.release.set()) as lines:
        asyncio.run(left(server))
    assert all(name in lines[0] for name in ("t2", "t3"))
    assert ("waiting for the outcome" in lines[0]) == (how == "aclose")
    assert ("t4" if how == "aclose" else "may have been accepted") in lines[1]


CHILD = """\
import signal, sys
from imagen4 import Client
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
with Client("kie", base_url=sys.argv[1], api_key="sk-1234567890") as client:
    for done in client.generate_many(["x"] * 4):
        print(done)
"""


def test_sigkill_soon_after_sigterm_loses_no_known_id() -> None:
    """What a container's supervisor does to a program that waits for an answer."""
    lines: list[str] = []
    with (
        Booked(prompt=3) as server,
        subprocess.Popen(
            [sys.executable, "-c", CHILD, server.url], stderr=subprocess.PIPE, text=True
        ) as child,
    ):
        assert child.stderr is not None
        assert server.all_out.wait(PATIENCE)
        child.send_signal(signal.SIGTERM)
        for line in child.stderr:
            lines.append(line)
            if line.rstrip().endswith(WAITS):
                child.kill()
    assert told_before_waiting(lines, "SystemExit") == {"t1", "t2", "t3"}


def test_the_first_line_names_a_create_that_nobody_waits_for() -> None:
    """As at the interpreter's end, where a second line may never be written."""
    open_jobs = OpenJobs("kie")
    state = open_jobs.states[0] = JobState("job")
    state.create = Send(Call("POST", "/"), 1.0, started=True)
    with told() as lines:
        open_jobs.tell(GeneratorExit(), 0)
    assert lines == [
        "kie: GeneratorExit while working on tasks (none known); "
        "a create was under way and may have been accepted"
    ]
