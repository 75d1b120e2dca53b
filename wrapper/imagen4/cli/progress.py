"""What is shown while tasks run: a live table on a terminal, plain lines elsewhere.

Everything goes to standard error; standard output is for results.
"""

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, Self

from imagen4 import Update
from imagen4.cli.exits import tell

if TYPE_CHECKING:
    from rich.progress import TaskID


class Display(Protocol):
    """Something that can be told about updates; `task_ids` are those seen so far."""

    task_ids: tuple[str, ...]

    def __enter__(self) -> Self: ...
    def __exit__(self, *exc: object) -> None: ...
    def update(self, update: Update) -> None: ...


def display(gateway: str) -> Display:
    """The display that fits where standard error leads to."""
    return LiveTable(gateway) if sys.stderr.isatty() else PlainLines(gateway)


class PlainLines:
    """A line when a task is created, and one whenever its state changes."""

    def __init__(self, gateway: str) -> None:
        self.task_ids: tuple[str, ...] = ()
        self._gateway = gateway
        self._states: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        pass

    def update(self, update: Update) -> None:
        self.task_ids = update.task_ids or self.task_ids
        state = update.state or f"no news ({update.problem})"
        if self._states.get(update.task_id) != state:
            self._states[update.task_id] = state
            line = f"{update.elapsed:6.1f} s  {self._gateway}  {update.task_id}  {state}"
            tell(line)


class LiveTable:
    """A row for each task, with its state and the time since its creation."""

    def __init__(self, gateway: str) -> None:
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self.task_ids: tuple[str, ...] = ()
        self._gateway = gateway
        self._rows: dict[str, TaskID] = {}
        self._pictures: dict[str, int] = {}  # of each task that has ended
        self._progress = Progress(
            SpinnerColumn(finished_text="•"),
            TextColumn("{task.description}", markup=False),
            TextColumn("{task.fields[state]}", markup=False),
            TimeElapsedColumn(),
            console=Console(stderr=True),
        )

    def __enter__(self) -> Self:
        self._progress.start()
        self._all = self._progress.add_task(self._gateway, total=None, state="asking")
        return self

    def __exit__(self, *exc: object) -> None:
        with suppress(OSError):
            self._progress.stop()

    def update(self, update: Update) -> None:
        self.task_ids = update.task_ids or self.task_ids
        with suppress(OSError):  # the terminal is gone; the tasks are paid for
            self._show(update)

    def _show(self, update: Update) -> None:
        row = self._row(update.task_id)
        state = update.state or "no news"
        if update.state in {"success", "fail"}:
            self._pictures[update.task_id] = len(update.task.urls) if update.task else 0
            self._progress.update(row, total=1, completed=1)
        self._progress.update(row, state=state)
        ended, known = len(self._pictures), len(self.task_ids)
        words = f"{ended} of {known} tasks have ended, {sum(self._pictures.values())} pictures"
        self._progress.update(self._all, state=words)
        if ended == known:
            self._progress.update(self._all, total=1, completed=1)

    def _row(self, task_id: str) -> "TaskID":
        if task_id not in self._rows:
            # Printed above the table at once: the id is what a paid task is found by.
            line = f"task {task_id}"
            self._progress.console.print(line, markup=False, highlight=False, soft_wrap=True)
            self._rows[task_id] = self._progress.add_task(task_id, total=None, state="")
        return self._rows[task_id]
