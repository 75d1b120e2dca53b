"""Guards that all who use an account through one ledger keep its rate together."""

import asyncio
import hashlib
import subprocess
import sys
import time as real_time
from collections import deque
from math import inf
from pathlib import Path
from threading import Lock
from typing import Any

import httpx
import pytest

import postgres as server
from client.ledger import sharing
from client.loopback import Loopback, Received, http
from client.play import (
    KEY,
    KINDS,
    Script,
    Time,
    at_once,
    client_for,
    created,
    envelope,
    play,
    settled,
    succeeded,
)
from imagen4 import Ledger
from imagen4.configuration import make_session
from imagen4.core.pacing import AHEAD

PROGRAMS = 4


def most_within(moments: list[float], seconds: float) -> int:
    """The most that any so many seconds hold."""
    return max(sum(start <= each < start + seconds for each in moments) for start in moments)


def side_by_side(kind: str, times: int, path: Path, script: Script, time: Time, call: Any) -> None:
    """Clients that take it in turn to call; each has a ledger and pacers of its own."""

    async def run() -> None:
        ledgers = [Ledger(path) for _ in range(PROGRAMS)]
        clients = [client_for(kind, "kie", script, time, ledger=each) for each in ledgers]
        for _ in range(times):
            for client in clients:
                await settled(call(client))
        for client in clients:
            await settled(client.aclose() if kind == "async" else client.close())

    if kind == "async":
        asyncio.run(run())
    else:
        at_once(run())


@pytest.mark.parametrize("kind", KINDS)
def test_several_clients_keep_the_rate_of_creates_together(kind: str, tmp_path: Path) -> None:
    """Twenty in ten seconds."""
    time, moments = Time(), list[float]()

    def create(_: httpx.Request) -> httpx.Response:
        moments.append(time.now)
        return created(f"t{len(moments)}")

    script = Script(creates=[create] * 60)
    side_by_side(kind, 15, tmp_path / "l.db", script, time, lambda c: c.submit("a"))
    assert most_within(moments, 10.0) == 20
    assert moments[-1] - moments[0] == pytest.approx(22.0)


@pytest.mark.parametrize("kind", KINDS)
def test_several_clients_keep_the_rate_of_polls_together(kind: str, tmp_path: Path) -> None:
    """Ten in a second, one by one."""
    time, moments = Time(), list[float]()

    def poll(_: httpx.Request) -> httpx.Response:
        moments.append(time.now)
        return succeeded("t1")

    script = Script(polls=[poll])
    side_by_side(kind, 8, tmp_path / "l.db", script, time, lambda c: c.job("t1").status())
    assert most_within(moments, 1.0) == 10


def moments(ledger: Ledger, number: int, now: float, key: str = KEY, url: str = "") -> list[Any]:
    """Those at which an account may create, each asked for at `now`."""
    session = make_session("kie", key, url or None, 30.0, None, False, lambda: now, lambda: 0.0)
    ledger.share_turns([session])
    assert session.turns is not None
    rate = session.creates.rate
    turns = [session.turns.reserve("creates", rate, inf) for _ in range(number)]
    return [turn.moment for turn in turns if turn is not None]


def test_another_key_or_address_is_another_account(tmp_path: Path) -> None:
    """Their turns are their own."""
    with Ledger(tmp_path / "l.db") as ledger:
        assert moments(ledger, 21, 5.0)[-1] == pytest.approx(16.0)
        assert moments(ledger, 1, 5.0, key="another") == [5.0]
        assert moments(ledger, 1, 5.0, url="http://localhost:1") == [5.0]


def test_a_fingerprint_is_no_key_and_differs_from_ledger_to_ledger(tmp_path: Path) -> None:
    """So that nobody can tell from two ledgers that they belong to one account."""
    accounts = set[str]()
    for name in ("a", "b"):
        with Ledger(tmp_path / name) as ledger:
            moments(ledger, 1, 0.0)
            with ledger._store.reading() as connection:
                asked = connection.exec_driver_sql("SELECT account FROM turns")
                accounts.update(account for (account,) in asked)
    assert len(accounts) == 2
    content = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    assert hashlib.sha256(KEY.encode()).hexdigest().encode() not in content
    assert KEY.encode() not in content


def test_a_clock_that_is_set_back_holds_nobody_up(tmp_path: Path) -> None:
    """No longer than if the turns had been taken just now; also after a restart of the machine."""
    with Ledger(tmp_path / "l.db") as ledger:
        assert moments(ledger, 20, 90_000.0)[-1] == 90_000.0
        assert moments(ledger, 20, 50.0) == pytest.approx([61.0] * 20)
        assert moments(ledger, 1, 61.0) == pytest.approx([72.0])


def test_what_a_dead_process_has_reserved_costs_one_window(tmp_path: Path) -> None:
    """However many waited in it."""
    with Ledger(tmp_path / "l.db") as ledger:
        assert moments(ledger, 200, 0.0)[:41] == pytest.approx([0.0] * 20 + [11.0] * 20 + [22.0])
        assert moments(ledger, 1, AHEAD) == pytest.approx([22.0])


@pytest.mark.parametrize("kind", KINDS)
def test_tasks_are_asked_for_also_while_the_ledger_is_away(kind: str, tmp_path: Path) -> None:
    """They are paid for."""
    ledger = Ledger(tmp_path / "l.db")

    def lose(_: httpx.Request) -> httpx.Response:
        ledger.close()
        for each in tmp_path.iterdir():
            each.unlink()
        (tmp_path / "l.db").mkdir()
        return created("t1")

    script = Script(creates=[lose], polls=[succeeded("t1")])
    assert play(kind, script, lambda c: c.generate("a"), ledger=ledger).task_ids == ("t1",)


class Strict:
    """A gateway that answers 429 beyond the documented rate, and counts."""

    def __init__(self) -> None:
        self.refused = self.accepted = 0
        self._moments = deque[float]()
        self._lock = Lock()

    def reply(self, received: Received) -> bytes:
        if received.method != "POST":
            return http(200, succeeded(received.path.partition("taskId=")[2]).content)
        with self._lock:
            now = real_time.monotonic()
            while self._moments and self._moments[0] <= now - 10.0:
                self._moments.popleft()
            if len(self._moments) >= 20:
                self.refused += 1
                return http(200, envelope(429, msg="too frequent").content)
            self._moments.append(now)
            self.accepted += 1
            return http(200, created(f"t{self.accepted}").content)


@pytest.mark.slow
@pytest.mark.parametrize("where", ["a file", "PostgreSQL"])
def test_four_processes_with_thirty_requests_each_are_never_refused(
    where: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """In the windows of ten seconds that the gateways document."""
    place = str(tmp_path / "l.db")
    if where != "a file":
        postgres: server.Server = request.getfixturevalue("postgres")
        place = postgres.new_place()
    gateway, script = Strict(), sharing.__file__
    with Loopback(gateway.reply) as loopback:
        began = real_time.monotonic()
        programs = [
            subprocess.Popen([sys.executable, script, loopback.url, place, str(number), "30"])
            for number in range(PROGRAMS)
        ]
        assert [each.wait(timeout=170) for each in programs] == [0] * PROGRAMS
    seconds = real_time.monotonic() - began
    print(f"{gateway.accepted} created, {gateway.refused} refused, {seconds:.1f} s")
    assert (gateway.accepted, gateway.refused) == (30 * PROGRAMS, 0)
    assert seconds < 110  # 60.5 by our windows, and programs that start on a busy machine
