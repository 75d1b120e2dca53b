"""Guards that one process at a time works with a ledger in PostgreSQL, and waits for no other."""

import subprocess
import sys

import pytest
from sqlalchemy import Connection

import postgres as server
from imagen4 import Ledger, LedgerError
from imagen4.ledger import postgres as of_server

HOLD = """
import sys
from imagen4 import Ledger
with Ledger(sys.argv[1]).alone():
    print(flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def place(postgres: server.Server) -> str:
    return postgres.new_place()


def test_one_process_at_a_time_and_a_dead_one_holds_up_nobody(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second is refused; after SIGKILL of the first it is let in."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, place], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder, Ledger(place) as ledger:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"\n"
        monkeypatch.setattr(of_server, "NOTICING", 1)
        with pytest.raises(LedgerError, match="is at work in another process"), ledger.alone():
            pass
        holder.kill()
        monkeypatch.setattr(of_server, "NOTICING", 60)
        with ledger.alone():
            pass


@pytest.mark.parametrize("ends", ["well", "badly"])
def test_who_comes_after_another_is_let_in_however_late_the_server_notices_its_end(
    ends: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here it never does: the connection stays open."""
    monkeypatch.setattr(Connection, "invalidate", lambda _: None)
    with Ledger(place) as first, Ledger(place) as second:
        try:
            with first.alone():
                assert ends == "well"
        except AssertionError:
            pass
        with second.alone():
            pass
