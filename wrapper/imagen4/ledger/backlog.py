"""What a ledger still has to be told."""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import TYPE_CHECKING

from ..errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable


class Backlog:
    """Answers, written down in their order; what failed is tried again before what comes next.

    So an answer outlives a connection that is cut while it is written, and a server that is away
    for a while. Until all are written no further create is sent.
    """

    def __init__(self, *, remote: bool) -> None:
        """remote: whether there is a connection that may have been cut, and a new one helps."""
        self._remote = remote
        self._owed: deque[Callable[[], None]] = deque()
        self._lock = Lock()

    def write(self, work: Callable[[], None]) -> None:
        """Raises LedgerError if it is not written yet. The work may be done twice."""
        with self._lock:
            self._owed.append(work)
            self._settle()

    def settle(self) -> None:
        """Write what is left. Raises LedgerError."""
        with self._lock:
            self._settle()

    def _settle(self) -> None:
        while self._owed:
            try:
                self._owed[0]()
            except LedgerError:
                if not self._remote:  # a file that is locked was waited for
                    raise
                self._owed[0]()
            self._owed.popleft()
