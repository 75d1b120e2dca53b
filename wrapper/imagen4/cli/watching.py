"""What changes in a ledger while others work through it."""

from collections.abc import Iterator
from time import sleep

from .. import Ledger
from ..errors import LedgerUnavailable
from ..ledger import Row, RowState
from ..ledger.schema import creates
from . import exits

PAUSE = 1.0  # seconds between two looks
ENDED = (RowState.SAVED, RowState.FAILED)


class Changes:
    """The rows of a ledger that are new or not what they were, look by look."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._first = 0
        self._known: dict[int, Row] = {}

    def look(self) -> list[Row]:
        """Since the last look, the oldest first. Rows before the first that is open are over."""
        rows = self._ledger.rows(creates.c.id >= self._first)
        changed = [row for row in rows if self._known.get(row.id) != row]
        still = [row.id for row in rows if row.state not in ENDED]
        self._first = still[0] if still else max(self._first, *(row.id + 1 for row in rows), 0)
        self._known = {row.id: row for row in rows if row.id >= self._first}
        return changed


def changes_in(ledger: Ledger) -> Iterator[Row]:
    """As they come, for ever."""
    changes = Changes(ledger)
    while True:
        try:
            yield from changes.look()
        except LedgerUnavailable as problem:
            exits.tell(problem.message)
        sleep(PAUSE)
