"""Tasks that exist, and waiting for them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Coroutine, Generator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .core.account import states
from .core.batch import Batch, log_interruption
from .core.effects import Update
from .core.submission import submitted
from .core.task import Task
from .core.waiting import waited
from .errors import Imagen4Error, PartialFailure
from .result import AsyncResult, Bound, Result

if TYPE_CHECKING:
    from collections.abc import Callable

    from .core.effects import Steps
    from .surface import Surface
    from .wire.driving import OnUpdate

    Conclude = Callable[[Any], Any]

StatesT = TypeVar("StatesT")
ResultT = TypeVar("ResultT")
UpdatesT = TypeVar("UpdatesT")
JobT = TypeVar("JobT", bound="Tasks[Any, Any, Any]")
T = TypeVar("T")


class Tasks(Bound, Generic[StatesT, ResultT, UpdatesT]):
    """The tasks of one request. Made by `submit` and `job`."""

    def __init__(self, client: Surface[Any, Any, Any, Any, Any, Any], batch: Batch) -> None:
        self._client = client
        self._settings = client._settings
        self._batch = batch

    @property
    def task_ids(self) -> tuple[str, ...]:
        """The gateway's ids, in the order of the pictures; enough to take the job up again."""
        return tuple(self._batch.task_ids)

    def status(self) -> StatesT:
        """Ask for every task once, at the documented rate; the tasks, in order.

        Where some are unknown or cannot be read, PartialFailure holds the others: its
        `result.tasks`.
        """
        tasks: StatesT = self._client._driver.run(self._states())
        return tasks

    def wait(self, timeout: float | None = None, on_update: OnUpdate | None = None) -> ResultT:
        """Poll until all tasks have ended, `timeout` seconds at most (default: Polling.timeout).

        A last poll at the end of that time gets up to 5 s for its answer.
        Raises TaskTimeout (wait again, whenever you like), TaskFailed, PartialFailure, or
        what the gateway says about the key. Failed polls are ridden out.
        """
        result: ResultT = self._client._driver.run(self._waited(timeout), on_update)
        return result

    def updates(self, timeout: float | None = None) -> UpdatesT:
        """What `wait` learns, as it learns it; raises the same errors, at the end.

        `wait()` afterwards returns the result without asking again.
        """
        updates: UpdatesT = self._client._driver.updates(self._waited(timeout))
        return updates

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._settings.name} {' '.join(self.task_ids)}>"

    def _submitted(self: JobT, timeout: float | None) -> Steps[JobT]:
        return self._kept(self._submitting(timeout))

    def _states(self) -> Steps[tuple[Task, ...]]:
        return self._kept(states(self._settings, self._batch))

    def _waited(self, timeout: float | None) -> Steps[Any]:
        return self._kept(self._waiting(timeout))

    def _generated(
        self, timeout: float | None, conclude: Conclude | None, *, turn_counts: bool
    ) -> Steps[Any]:
        return self._kept(self._generating(timeout, conclude, turn_counts=turn_counts))

    def _submitting(self: JobT, timeout: float | None) -> Steps[JobT]:
        started, deadline = self._settings.deadline(timeout)
        yield from submitted(self._settings, self._batch, started, deadline)
        return self

    def _waiting(self, timeout: float | None) -> Steps[Any]:
        started, deadline = self._settings.deadline(timeout)
        tasks = yield from waited(self._settings, self._batch, started, deadline)
        return self._client._result(tasks, self._batch)

    def _generating(
        self, timeout: float | None, conclude: Conclude | None, *, turn_counts: bool
    ) -> Steps[Any]:
        """Submit and wait within one deadline, which may leave out the wait for a turn.

        What `conclude` makes of the result is made here, where no Ctrl-C loses the ids.
        """
        started, deadline = self._settings.deadline(timeout)
        until = deadline if turn_counts else float("inf")
        yield from submitted(self._settings, self._batch, started, until)
        if not turn_counts:
            started, deadline = self._settings.deadline(timeout)
        tasks = yield from waited(self._settings, self._batch, started, deadline)
        result = self._client._result(tasks, self._batch)
        return result if conclude is None else conclude(result)

    def _kept(self, steps: Steps[T]) -> Steps[T]:
        """Whatever ends the steps, the tasks' ids are returned, on the error or in the log.

        No context manager: a Ctrl-C as it is left would come too late for it.
        """
        try:
            return (yield from steps)
        except Imagen4Error as error:
            error.gateway = error.gateway or self._settings.name
            error.task_ids = error.task_ids or self.task_ids
            error.job = self if self.task_ids else None
            if isinstance(error, PartialFailure) and isinstance(error.result, list):
                error.result = self._client._result(error.result, self._batch)
            raise
        except BaseException as interruption:
            log_interruption(self._batch, self._settings.name, interruption)
            raise


class Job(Tasks[tuple[Task, ...], Result, Generator[Update]]):
    """The tasks of one request, from `Client`."""


class AsyncJob(
    Tasks[
        Coroutine[Any, Any, tuple[Task, ...]],
        Coroutine[Any, Any, AsyncResult],
        AsyncGenerator[Update],
    ]
):
    """The tasks of one request, from `AsyncClient`: `status` and `wait` are awaited."""
