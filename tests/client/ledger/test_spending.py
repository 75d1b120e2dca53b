"""Guards that the limit of credits holds, however many creates there are."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from client.play import KINDS, QUICK, Script, created, details, play, settled, task_id_of
from imagen4 import Ledger, LedgerError, SubmissionUncertain, TaskFailed
from imagen4.ledger import spending


def failed(request: httpx.Request) -> httpx.Response:
    return details(task_id_of(request), "fail", failMsg="no")


@pytest.mark.parametrize("many", [0, 1, 3, 1000])
@pytest.mark.parametrize("kind", KINDS)
def test_the_limit_holds_however_seldom_all_is_added_up(
    kind: str, many: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Failed creates count, so does an uncertain one until it is said to have made no task."""
    monkeypatch.setattr(spending, "MANY", many)
    late = httpx.ReadTimeout("late")
    creates = [created("f1"), late, created("f2"), *(created(f"t{n}") for n in range(9))]
    script = Script(creates=creates, polls=[failed])
    ledger = Ledger(tmp_path / "l.db", max_credits=48)

    async def program(client: Any) -> None:
        with pytest.raises(TaskFailed):
            await settled(client.generate("a"))
        with pytest.raises(SubmissionUncertain):
            await settled(client.submit("b"))
        with pytest.raises(TaskFailed):
            await settled(client.generate("c"))
        for name in "def":
            await settled(client.submit(name))
        with pytest.raises(LedgerError, match="allows 48 credits and 48 are spent"):
            await settled(client.submit("g"))
        ledger.resolve(2, None)
        await settled(client.submit("g"))
        with pytest.raises(LedgerError, match="48 are spent"):
            await settled(client.submit("h"))

    play(kind, script, program, ledger=ledger, polling=QUICK)
    assert (len(script.sent("createTask")), ledger.spent()) == (7, 48.0)
