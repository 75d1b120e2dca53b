"""Guards that a worker is missed when it is dead, and not when it only could not speak."""

from imagen4 import Ledger
from imagen4.ledger.watch import BEAT, SILENCE, Watch


class Town:
    """Workers that share a ledger and a clock."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.now = 1000.0

    def worker(self, name: str) -> Watch:
        return self._ledger.watch(name, lambda: self.now)


def test_whoever_is_silent_for_ten_seconds_is_missed_until_struck_off(ledger: Ledger) -> None:
    town = Town(ledger)
    living, dead = town.worker("living"), town.worker("dead")
    living.beat()
    dead.beat()
    missed = []
    while town.now < 1000 + SILENCE + BEAT:
        town.now += BEAT
        missed.append(living.beat())
    assert missed == [*[[]] * round(SILENCE / BEAT), ["dead"]]
    living.strike_off("dead")
    town.now += BEAT
    assert living.beat() == []


def test_whoever_was_silent_itself_judges_nobody(ledger: Ledger) -> None:
    """The database was away: for the others, too, who come back a moment later."""
    town = Town(ledger)
    first, second = town.worker("first"), town.worker("second")
    for each in (first, second, first, second):
        each.beat()
    town.now += 60
    assert first.beat() == []
    assert second.beat() == []
    town.now += BEAT
    assert first.beat() == []


def test_signs_from_before_the_machine_started_again_are_none(ledger: Ledger) -> None:
    """The clock of a file's workers begins anew with the machine."""
    town = Town(ledger)
    town.worker("before").beat()
    town.now = 5.0
    after = town.worker("after")
    after.beat()
    town.now += BEAT
    assert after.beat() == ["before"]
