"""Guards that the balance around an uncertain create is shown, and decides nothing."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from client.play import KINDS, QUICK, Script, created, play, settled, succeeded
from imagen4 import Ledger, SubmissionUncertain

LATE = httpx.ReadTimeout("late")


def lost(kind: str, path: Path, *balances: float, model: str | None = None) -> str:
    """What is said of a create without an answer, around which the account had so much."""
    script = Script(creates=[LATE], balances=balances)

    async def lose(client: Any) -> None:
        with pytest.raises(SubmissionUncertain):
            await settled(client.submit("a fox", model=model, aspect_ratio="16:9"))

    with Ledger(path) as ledger:
        play(kind, script, lose, ledger=ledger)
        row = ledger.rows()[-1]
    assert row.state == "uncertain"
    return row.evidence


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (120, 112, "balance 120 → 112: the price of one create: probably created"),
        (120, 120, "balance 120 → 120: nothing was charged: probably not created"),
        (120.5, 100.25, "balance 120.5 → 100.25: not the price of one create (8)"),
    ],
)
def test_what_was_charged_is_evidence(
    kind: str, tmp_path: Path, before: float, after: float, words: str
) -> None:
    """The row stays uncertain all the same."""
    assert lost(kind, tmp_path / "l.db", before, after) == words


def test_without_a_price_or_a_balance_that_is_said(tmp_path: Path) -> None:
    """A gateway that does not tell its balance costs no create."""
    assert "(unknown)" in lost("sync", tmp_path / "l.db", 120, 112, model="nano-banana-pro")
    assert lost("sync", tmp_path / "l.db", 120).startswith("balance 120 before it, not known since")
    assert lost("sync", tmp_path / "l.db").startswith("no balance: ")


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_asked_for_once_in_a_quiet_time(kind: str, tmp_path: Path) -> None:
    """Not while tasks run that nobody has waited for, and then again."""
    creates = [created("t1"), created("t2"), LATE]
    script = Script(creates=creates, polls=[succeeded("t2")], balances=[120, 104, 96])

    async def three(client: Any) -> None:
        await settled(client.submit("a fox"))
        await settled(client.generate("an owl"))
        with pytest.raises(SubmissionUncertain):
            await settled(client.submit("a lynx"))

    with Ledger(tmp_path / "l.db") as ledger:
        play(kind, script, three, ledger=ledger, polling=QUICK)
        before = [(row.balance_before, row.balance_after) for row in ledger.rows()]
    assert script.balances_told == 3
    assert before == [(120, None), (None, None), (104, 96)]


@pytest.mark.parametrize("kind", KINDS)
def test_among_others_there_is_none(kind: str, tmp_path: Path) -> None:
    """Whose price it was nobody could say."""
    script = Script(creates=[LATE, created("t2")], balances=[120, 104])
    with Ledger(tmp_path / "l.db") as ledger:
        play(kind, script, lambda c: c.generate_many(["a", "b"], ledger=ledger, timeout=0))
        assert [row.balance_before for row in ledger.rows()] == [None, None]
    assert script.balances_told == 0


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_asks_without_a_ledger(kind: str) -> None:
    """There is no row that it could stand in."""
    script = Script(creates=[created("t1")], others=[])
    play(kind, script, lambda c: c.submit("a fox"))
    assert script.balances_told == 0
