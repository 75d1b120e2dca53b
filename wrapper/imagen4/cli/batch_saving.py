"""Saving pictures of a batch while others are waited for."""

from collections.abc import Callable
from typing import Self

from ..wire.driving import LONGEST_STOP
from ..wire.workers import Workers

AT_ONCE = 4  # requests; the pictures of one are saved one after the other


class Savers:
    """A few threads that save; all is saved at the end of the block.

    An interruption drops what has not begun, and waits a moment for the rest: the ledger has it.
    """

    def __init__(self) -> None:
        self._workers = Workers[int, None](AT_ONCE)
        self._left = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, interruption: type[BaseException] | None, *_: object) -> None:
        try:
            if interruption is None:
                self.wait()
        finally:
            self._workers.end(LONGEST_STOP)

    def start(self, save: Callable[[], None]) -> None:
        self._left += 1
        self._workers.start(self._left, save)

    def wait(self) -> None:
        """Until what was started is done; raises what one of them raised."""
        while self._left:
            done = next(self._workers.done(None))
            self._left -= 1
            done.get()
