"""The turns to create that a ledger gives, written down by the database, whoever takes them.

By these it is judged whether a rate is kept: when a request arrives depends on the machine, too.
"""

import json
from collections import defaultdict
from itertools import pairwise
from typing import NamedTuple

import pytest
from sqlalchemy import text

from imagen4 import Ledger

TABLE = "CREATE TABLE given (account TEXT, pace TEXT, asked FLOAT)"
NOTE = "INSERT INTO given VALUES (new.account, new.pace, new.written)"
OF_A_FILE = """CREATE TRIGGER note_{event} AFTER {event} ON turns WHEN new.kind = 'creates'
    BEGIN {note}; END"""
OF_A_SERVER = """CREATE TRIGGER note_{event} AFTER {event} ON turns FOR EACH ROW
    WHEN (new.kind = 'creates') EXECUTE FUNCTION note()"""
FUNCTION = """CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN {note}; RETURN NULL; END $$"""


class Given(NamedTuple):
    """On the ledger's clock: when it was asked for, and when it is."""

    asked: float
    moment: float


def note_turns(place: str) -> None:
    """From now on, of all who use this ledger."""
    with Ledger(place) as ledger, ledger._store.writing() as connection:
        connection.execute(text(TABLE))
        on_a_server = ledger._store.database.remote
        if on_a_server:
            connection.execute(text(FUNCTION.format(note=NOTE)))
        for event in ("INSERT", "UPDATE"):
            trigger = OF_A_SERVER if on_a_server else OF_A_FILE
            connection.execute(text(trigger.format(event=event, note=NOTE)))


def turns_given(place: str) -> list[list[Given]]:
    """Of each account, in the order in which they were given."""
    with Ledger(place) as ledger, ledger._store.reading() as connection:
        noted = connection.execute(text("SELECT account, pace, asked FROM given ORDER BY asked"))
        written = [(account, json.loads(pace), asked) for account, pace, asked in noted]
    accounts = defaultdict[str, list[tuple[list[float], float]]](lambda: [([], 0.0)])
    for account, pace, asked in written:
        accounts[account].append((pace, asked))
    return [
        [Given(asked, pace[-1]) for (before, _), (pace, asked) in pairwise(each) if pace != before]
        for each in accounts.values()
    ]


def check_turns(turns: list[Given], times: int, seconds: float) -> None:
    """Each is as soon as the rate allows after the others of this account, and no sooner."""
    for number, (asked, moment) in enumerate(turns):
        soonest = turns[number - times].moment + seconds if number >= times else asked
        assert moment == pytest.approx(max(asked, soonest), rel=0, abs=1e-3)
