"""Guards that all who use an account through one ledger keep its rate together."""

import asyncio
import hashlib
import subprocess
import sys
import time as real_time
from collections import deque
from collections.abc import Callable
from math import inf
from pathlib import Path
from threading import Lock
from typing import Any

import httpx
import pytest

import postgres as server
from client.ledger import sharing
from client.ledger.given import check_turns, note_turns, turns_given
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
from imagen4.facts import Rate
from imagen4.ledger.sqlite import SQLiteFile

PROGRAMS = 4
SLEWED = 0.1  # seconds by which the server's clock and that of sleeping may part in a window


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


def test_who_is_held_up_while_asking_comes_late_and_not_too_early(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three seconds pass until a server's clock is read: the wait is counted from then."""
    time = Time()

    def clock_of_a_slow_server(*_: object) -> float:
        time.sleep(3.0)
        return time.now

    monkeypatch.setattr(SQLiteFile, "clock", clock_of_a_slow_server)
    session = make_session("kie", KEY, None, 30.0, None, False, time, lambda: 0.0)
    with Ledger(tmp_path / "l.db") as ledger:
        ledger.share_turns([session])
        assert session.turns is not None
        turns = [session.turns.reserve("creates", Rate(1, 10.0), inf) for _ in range(2)]
    assert [turn.moment for turn in turns if turn] == [1003.0, 1013.0]


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
    """A gateway that answers 429 beyond the documented rate, and keeps when creates came."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.arrivals: list[float] = []
        self.refused = self.accepted = 0
        self._clock = clock
        self._moments = deque[float]()
        self._lock = Lock()

    def reply(self, received: Received) -> bytes:
        if received.method != "POST":
            return http(200, succeeded(received.path.partition("taskId=")[2]).content)
        with self._lock:
            now = self._clock()
            self.arrivals.append(now)
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
def test_four_processes_with_thirty_requests_each_send_none_before_its_turn(
    where: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Their turns keep the rate together, and no turn is lost.

    On a starved machine a create may leave so late that the next ones come too soon after it, and
    are refused: that is no fault of theirs, and those have another turn.
    """
    place, clock = str(tmp_path / "l.db"), real_time.monotonic
    if where != "a file":
        postgres: server.Server = request.getfixturevalue("postgres")
        place, clock = postgres.new_place(), real_time.time
    note_turns(place)
    gateway, script = Strict(clock), sharing.__file__
    with Loopback(gateway.reply) as loopback:
        programs = [
            subprocess.Popen([sys.executable, script, loopback.url, place, str(number), "30"])
            for number in range(PROGRAMS)
        ]
        assert [each.wait(timeout=300) for each in programs] == [0] * PROGRAMS
    (turns,) = turns_given(place)
    print(f"{gateway.accepted} created, {gateway.refused} refused, {len(turns)} turns")
    assert gateway.accepted == 30 * PROGRAMS
    check_turns(turns, 20, 11.0)
    assert len(turns) == gateway.accepted + gateway.refused
    for arrival, turn in zip(sorted(gateway.arrivals), turns, strict=True):
        assert arrival > turn.moment - SLEWED
