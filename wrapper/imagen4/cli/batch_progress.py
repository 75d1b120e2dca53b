"""What is shown of a batch: a bar on a terminal, a line for each request elsewhere."""

import sys
import time
from contextlib import suppress
from typing import Protocol, Self

from ..ledger import Ledger
from .exits import tell
from .outcome import harmless
from .progress import begin


class BatchDisplay(Protocol):
    """Is told of each line that has ended."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *exc: object) -> None: ...
    def ended(self, tag: str, words: str) -> None: ...


def batch_display(total: int, ledger: Ledger) -> BatchDisplay:
    """The display that fits where standard error leads to."""
    return LiveBatch(total, ledger) if sys.stderr.isatty() else PlainBatch(total)


class PlainBatch:
    """A line for each request."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._ended = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        pass

    def ended(self, tag: str, words: str) -> None:
        self._ended += 1
        tell(harmless(f"{self._ended}/{self._total}  {tag}  {words}"))


class LiveBatch:
    """One bar for all: how many, how fast, what is spent, how long it will take."""

    def __init__(self, total: int, ledger: Ledger) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
        from rich.progress import TimeRemainingColumn as TimeLeft

        self._ledger = ledger
        self._total = total
        self._began = time.monotonic()
        self._spent, self._look = 0.0, self._began  # added up once a second: there may be 100,000
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[told]}"), TimeLeft())
        self._progress = Progress(*columns, console=Console(stderr=True))
        self._all = self._progress.add_task("", total=total, told="")
        self._ended = 0

    def __enter__(self) -> Self:
        begin(self._progress)
        return self

    def __exit__(self, *exc: object) -> None:
        with suppress(OSError):
            self._progress.stop()

    def ended(self, tag: str, words: str) -> None:
        self._ended += 1
        now = time.monotonic()
        if now >= self._look or self._ended == self._total:
            self._spent, self._look = self._ledger.spent(), now + 1.0
        rate = 60 * self._ended / max(now - self._began, 0.001)
        told = f"{rate:.0f} a minute, {self._spent:g} credits"
        with suppress(OSError):  # the terminal is gone; the tasks are paid for
            self._progress.update(self._all, completed=self._ended, told=told)
            if words != "saved":
                self._progress.console.print(harmless(f"{tag}  {words}"), markup=False)
