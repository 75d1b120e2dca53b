"""Guards the promise of many processes: whatever happens to them, nothing is paid twice or lost."""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from client.ledger.given import check_turns, note_turns, turns_given
from imagen4 import Ledger
from imagen4.core.pacing import MARGIN
from imagen4.ledger import Row
from imagen4.sandbox import Sandbox
from postgres import Relay, Server
from waiting import until
from workers.fleet import Fleet, fleet, table, under_way
from workers.many_accounts import CREATES, SECONDS

pytestmark = pytest.mark.slow

REQUESTS = 120
BETWEEN = 3.0  # seconds, at least, until the next one is killed


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with Sandbox(waiting=0, generating=1) as sandbox:
        monkeypatch.setenv("KIE_API_KEY", sandbox.key("kie"))
        yield sandbox


def prompts_paid(sandbox: Sandbox) -> Counter[str]:
    return Counter(task.prompt for task in sandbox.state.tasks.values())


def check(sandbox: Sandbox, place: str, prompts: list[str], folder: Path) -> list[Row]:
    """Against the gateway's books; the rows."""
    with Ledger(place) as ledger:
        rows = ledger.rows()
    (turns,) = turns_given(place)
    check_turns(turns, CREATES, SECONDS * MARGIN)
    paid, saved = prompts_paid(sandbox), [row for row in rows if row.state == "saved"]
    assert max(paid.values()) == 1, "paid twice"
    assert {row.fields["prompt"] for row in rows} == set(prompts)
    assert all(row.state in ("saved", "failed") or row.uncertain for row in rows)
    known = {row.fields["prompt"] for row in rows if row.task_id or row.uncertain}
    assert paid.keys() <= known, "paid, and nobody knows of it"
    assert len(list(folder.glob("*.png"))) == len(saved)
    return rows


def go_through(workers: Fleet, gateway: Sandbox, server: Server, kills: int, restarts: int) -> None:
    """Three workers, of which one is killed every few seconds."""
    workers.start(3)
    until(lambda: bool(prompts_paid(gateway)), 180)
    for kill in range(kills):
        due = time.monotonic() + BETWEEN
        until(lambda due=due: time.monotonic() >= due, 180)
        workers.kill()
        workers.start()
        until(lambda done=kill: workers.told("at work") == 4 + done, 180)
    for _ in range(restarts):
        server.stop()
        server.start()
    until(lambda: under_way(server, workers.place) == 0, 400)
    assert workers.stop() == [0, 0, 0]


@pytest.mark.parametrize(("kills", "restarts"), [(5, 0), (1, 1)])
def test_three_workers_of_which_one_is_killed_every_few_seconds(
    gateway: Sandbox, postgres: Server, tmp_path: Path, kills: int, restarts: int
) -> None:
    """120 requests: each is saved, failed or uncertain, and paid at most once, at the rate.

    The same where the database is stopped as by a power failure, and started again.
    """
    prompts = [f"fox number {number}" for number in range(REQUESTS)]
    place = postgres.new_place()
    note_turns(place)
    with fleet(tmp_path, place, gateway.url("kie")) as workers:
        workers.enqueue(prompts)
        began = time.monotonic()
        go_through(workers, gateway, postgres, kills, restarts)
    rows = check(gateway, place, prompts, tmp_path / "out")
    paid, lasted = len(prompts_paid(gateway)), round(time.monotonic() - began)
    print(table(rows, seconds=lasted, killed=kills, restarts=restarts, paid=paid))


def test_the_limit_of_credits_holds_over_all_workers_together(
    gateway: Sandbox, postgres: Server, tmp_path: Path
) -> None:
    """Three of them, all at once: 10 of 30 requests are what 80 credits pay for."""
    balance = gateway.state.accounts["kie"].credits
    with fleet(tmp_path, postgres.new_place(), gateway.url("kie"), "--concurrency", "5") as workers:
        workers.start(3)
        until(lambda: workers.told("at work") == 3, 180)
        prompts = [f"fox number {number}" for number in range(30)]
        workers.enqueue(prompts, "--max-credits", "80")
        until(lambda: under_way(postgres, workers.place) == 0, 180)
        assert [row.state for row in workers.rows()] == ["saved"] * 10
        assert workers.told("allows 80 credits and 80 are spent") == 20
    assert balance - gateway.state.accounts["kie"].credits == 80


def test_connections_to_the_database_that_are_cut_cost_nothing(
    gateway: Sandbox, postgres: Server, tmp_path: Path
) -> None:
    """At commits, before the server has them or after; whoever waits for the answer asks again."""
    prompts = [f"fox number {number}" for number in range(15)]
    place, cuts = postgres.new_place(), 0
    note_turns(place)
    with Relay(postgres) as relay, fleet(tmp_path, place, gateway.url("kie")) as workers:
        workers.enqueue(prompts)
        workers.place = relay.url(place)
        workers.start()
        until(lambda: workers.told("at work") == 1, 180)

        def cut() -> bool:
            nonlocal cuts
            if relay.cut_at is None and cuts < 20:
                cuts += 1
                relay.late, relay.cut_at = bool(cuts % 2), b"COMMIT"
            return under_way(postgres, place) == 0

        until(cut, 300)
        assert workers.stop() == [0]
    rows = check(gateway, place, prompts, tmp_path / "out")
    print(table(rows, cuts=cuts, paid=len(prompts_paid(gateway))))
