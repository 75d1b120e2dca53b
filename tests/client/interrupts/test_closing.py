"""Guards against a client that is closed on one thread under the creates of others."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

import pytest

from client.booked import PATIENCE, Booked, ctrl_c_works, press_ctrl_c, told
from imagen4 import Client, Imagen4Error, InvalidRequest, Job
from waiting import until

LINE = (
    "kie: closing while working on tasks t1; "
    "waiting for the outcome of a create, Ctrl-C leaves without it"
)


@pytest.fixture
def server() -> Iterator[Booked]:
    """It answers one create at once, and the second when it may."""
    with ctrl_c_works(), Booked(prompt=1) as booked:
        yield booked


@pytest.fixture
def elsewhere(server: Booked) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool
        server.release.set()


def busy(client: Client, server: Booked, pool: ThreadPoolExecutor) -> "Future[Job]":
    """One thread waits for a task, and the create of another is out."""
    pool.submit(client.generate, "x")
    until(lambda: bool(server.polled))
    submitted = pool.submit(client.submit, "x")
    assert server.all_out.wait(PATIENCE)
    return submitted


def test_closing_waits_for_the_creates_of_other_threads(
    server: Booked, elsewhere: ThreadPoolExecutor
) -> None:
    """First the known ids are told, and what is waited for; nothing else is sent after it."""
    client = server.client()
    submitted = busy(client, server, elsewhere)
    with told(lambda _: server.release.set()) as lines:
        client.close()
    assert lines[0] == LINE
    assert submitted.result(PATIENCE).task_ids == ("t2",)
    with pytest.raises(InvalidRequest, match="closed"):
        client.submit("x")


def test_a_ctrl_c_ends_the_wait_and_closing_again_does_not_wait(
    server: Booked, elsewhere: ThreadPoolExecutor
) -> None:
    """As on leaving the `with` block in which it was closed."""
    client = server.client()
    busy(client, server, elsewhere)
    presses = iter([press_ctrl_c])
    with told(lambda _: next(presses, int)()) as lines, pytest.raises(KeyboardInterrupt):
        client.close()
    client.close()
    assert set(lines) == {LINE}
    assert not server.release.is_set()


def test_a_thread_does_not_wait_for_its_own_create() -> None:
    """In a signal's handler, it would wait for ever."""
    with ctrl_c_works(), Booked(prompt=0) as server, told() as lines:
        client = server.client()

        def close(*_: object) -> None:
            client.close()
            server.release.set()

        signal.signal(signal.SIGINT, close)
        threading.Thread(target=lambda: (server.all_out.wait(PATIENCE), press_ctrl_c())).start()
        with suppress(Imagen4Error):  # its connection may have been closed
            client.submit("x")
        assert server.release.is_set()
    assert [each for each in lines if "waiting" in each] == []


LEFT = """\
import sys
from imagen4 import Client, Polling
client = Client("kie", base_url=sys.argv[1], api_key="sk-123", polling=Polling.immediate(60))
every = client.generate_many(["x"] * 4)
next(every)
if sys.argv[2] == "close":
    client.close()
"""


@pytest.mark.parametrize("how", ["close", "leave"])
def test_a_program_that_ends_in_the_middle_tells_the_ids(how: str) -> None:
    """It does not hang either: worker threads stand still when the interpreter ends."""
    with (
        Booked(prompt=3) as server,
        subprocess.Popen(
            [sys.executable, "-c", LEFT, server.url, how], stderr=subprocess.PIPE, text=True
        ) as child,
    ):
        assert child.stderr is not None
        assert server.all_out.wait(PATIENCE)
        server.ended.add("t1")
        said = child.stderr.readline()
        server.release.set()
        said += child.communicate(timeout=PATIENCE)[1]
        child.kill()
    wanted = ("t2", "t3", "t4" if how == "close" else "under way")
    assert [name for name in wanted if name not in said] == [], said
