"""What is shown while tasks run: a live table on a terminal, plain lines elsewhere.

Everything goes to standard error; standard output is for results.
"""

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from ..core.task import number_of_pictures
from ..events import Event, PollFailed, TaskCreated, TaskState
from .exits import tell

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Display:
    """Keeps in mind what it is told of, and shows it: each kind in its own way."""

    def __init__(self, gateway: str) -> None:
        self.gateway = gateway
        """The one that has the tasks."""
        self.task_ids: tuple[str, ...] = ()
        """The tasks seen so far."""
        self.pictures: dict[str, int] = {}
        """How many pictures each of them has that has ended."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        pass

    def tell(self, event: Event) -> None:
        self.gateway = event.gateway
        if event.task_id is not None and event.task_id not in self.task_ids:
            self.task_ids = (*self.task_ids, event.task_id)
        if isinstance(event, TaskState):
            task = event.task
            if task.failed or task.urls or task.unusable_links:  # else its links may still come
                self.pictures[task.task_id] = len(task.urls)
        self._show(event)

    def _show(self, event: Event) -> None:
        raise NotImplementedError


def display(gateway: str) -> Display:
    """The display that fits where standard error leads to."""
    return LiveTable(gateway) if sys.stderr.isatty() else PlainLines(gateway)


class PlainLines(Display):
    """A line when a task is created, and one whenever its state changes."""

    def __init__(self, gateway: str) -> None:
        super().__init__(gateway)
        self._states: dict[str, str] = {}

    def _show(self, event: Event) -> None:
        state, task_id = state_told(event), event.task_id
        if isinstance(event, PollFailed):
            state = f"no news ({event.error})"
        if state and task_id and self._states.get(task_id) != state:
            self._states[task_id] = state
            tell(f"{event.elapsed:6.1f} s  {self.gateway}  {task_id}  {state}")


class LiveTable(Display):
    """A row for each task, with its state and the time since its creation."""

    def __init__(self, gateway: str) -> None:
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        super().__init__(gateway)
        self._rows: dict[str, TaskID] = {}
        console = Console(stderr=True)
        plain = not console.encoding.startswith("utf")  # else each row would be longer than a line
        self._progress = Progress(
            SpinnerColumn("line" if plain else "dots", finished_text="*" if plain else "•"),
            TextColumn("{task.description}", markup=False),
            TextColumn("{task.fields[state]}", markup=False),
            TimeElapsedColumn(),
            console=console,
        )

    def __enter__(self) -> Self:
        begin(self._progress)
        self._all = self._progress.add_task(self.gateway, total=None, state="asking")
        return self

    def __exit__(self, *exc: object) -> None:
        with suppress(OSError):
            self._progress.stop()

    def _show(self, event: Event) -> None:
        state = state_told(event)
        if state and event.task_id:
            with suppress(OSError):  # the terminal is gone; the tasks are paid for
                self._draw(event.task_id, state)

    def _draw(self, task_id: str, state: str) -> None:
        row = self._row(task_id)
        if task_id in self.pictures:
            self._progress.update(row, total=1, completed=1)
        self._progress.update(row, state=state)
        ended, known = len(self.pictures), len(self.task_ids)
        pictures = number_of_pictures(sum(self.pictures.values()))
        words = f"{ended} of {known} tasks have ended, {pictures}"
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


def begin(progress: "Progress") -> None:
    """Show it, and leave the cursor: what kills or stops the program would leave that hidden."""
    progress.start()
    progress.console.show_cursor()


def state_told(event: Event) -> str | None:
    """What an event says of its task's state; None where it says nothing."""
    match event:
        case TaskCreated():
            return "submitted"
        case TaskState(task=task):
            return task.state
        case PollFailed():
            return "no news"
    return None
