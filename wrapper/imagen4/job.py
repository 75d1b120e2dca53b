"""Tasks that exist, and waiting for them."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, TypeVar, cast

from .client_bound import ClientBound, few
from .core.account import read_states
from .core.balance import note_balance
from .core.failover import may_move
from .core.submission import create_tasks
from .core.waiting import poll_until_ended
from .downloads.fetched import Fetched
from .errors import Imagen4Error, PartialFailure
from .events import RequestEnded
from .image import Image
from .interruptions import tell_interruption
from .result import Result, fields_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from .core.effects import Steps
    from .core.job_state import JobState
    from .core.ports import ResumableJob
    from .core.session import Session
    from .core.task import Task
    from .errors import PassedOver
    from .events import Event, Listener
    from .result import BaseResult
    from .wire.async_driving import AsyncDriver
    from .wire.driving import Driver

T = TypeVar("T")
JobT = TypeVar("JobT", bound="BaseJob")


class BaseJob(ClientBound):
    """What `Job` and `AsyncJob` share: the ids, and the steps that both of them run."""

    _driver: Driver | AsyncDriver
    _kinds: tuple[type[Any], type[Any], type[Fetched]]
    """Of its result, of the pictures in that, and of what is known of each of them."""

    def __init__(self, session: Session, state: JobState, driver: Driver | AsyncDriver) -> None:
        self._session = session
        self._state = state
        state.gateway = session.name
        self._driver = driver

    @property
    def job_id(self) -> str:
        """Our own name for the job, as events carry it. No gateway knows it."""
        return self._state.job_id

    @property
    def gateway(self) -> str:
        """The name of the gateway that has the tasks."""
        return self._session.name

    @property
    def task_ids(self) -> tuple[str, ...]:
        """The gateway's ids, in the order of the pictures; enough to take the job up again."""
        return tuple(self._state.task_ids)

    @property
    def passed_over(self) -> tuple[PassedOver, ...]:
        """Which gateways of the client did not serve the request, and why."""
        return self._state.passed_over

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.gateway} {few(self.task_ids)}>"

    def _make_result(self, tasks: Sequence[Task]) -> Any:
        session, state, driver = self._session, self._state, self._driver
        result, image, fetched = self._kinds
        every = fields_of(session, state, tasks)
        images = tuple(image(**fields, _fetched=fetched(), _driver=driver) for fields in every)
        return result(images, tuple(tasks), state.passed_over, session, driver)

    def _submit(self: JobT, timeout: float | None) -> Steps[JobT]:
        deadline = self._session.begin(self._state, timeout)
        yield from note_balance(self._session, self._state)
        yield from create_tasks(self._session, self._state, deadline)
        return self

    def _wait(self, timeout: float | None) -> Steps[Any]:
        deadline = self._session.begin(self._state, timeout)
        tasks = yield from poll_until_ended(self._session, self._state, deadline)
        result = self._make_result(tasks)
        yield self._ended_well(result)
        return result

    def _generate(
        self,
        timeout: float | None,
        conclude: Callable[[Any], Any] | None = None,
        *,
        turn_counts: bool = True,
    ) -> Steps[Any]:
        """Submit and wait within one deadline, which may leave out the wait for a turn.

        What `conclude` makes of the result is made here, where ids are kept.
        """
        session, state = self._session, self._state
        deadline = session.begin(state, timeout)
        if turn_counts and state.recorded:
            yield from note_balance(session, state)
        yield from create_tasks(session, state, deadline if turn_counts else inf)
        if not turn_counts:
            deadline = session.begin(state, timeout)
        tasks = yield from poll_until_ended(session, state, deadline)
        session.quiet = len(session.under_way) <= 1
        result = self._make_result(tasks)
        yield self._ended_well(result)
        return result if conclude is None else conclude(result)

    def _ended_well(self, result: BaseResult[Any]) -> RequestEnded:
        missing = missing_pictures(self._state, len(result.images))
        about = self._session.identity(self._state)
        return RequestEnded(*about, None, self.task_ids, None, missing)

    def _read_states(self) -> Steps[tuple[Task, ...]]:
        return self._keep_ids(read_states(self._session, self._state), ends=False)

    def _keep_ids(self, steps: Steps[T], *, ends: bool = True) -> Steps[T]:
        """Whatever ends the steps, the tasks' ids are returned, on the error or in the log.

        ends: whether an error is the end of the request. No context manager: a Ctrl-C as it is
        left would come too late for it.
        """
        state, under_way = self._state, self._session.under_way
        state.told = ()
        try:
            under_way[state.job_id] = state
            try:
                return (yield from steps)
            except Imagen4Error as error:
                self._complete(error)
                if ends and not may_move(state, error):
                    about = self._session.identity(state)
                    yield RequestEnded(*about, None, error.task_ids, error)
                raise
        except Imagen4Error:
            raise
        except BaseException as interruption:
            tell_interruption(interruption, (state,), self.gateway)
            raise
        finally:
            under_way.pop(state.job_id, None)

    def _complete(self, error: Imagen4Error) -> None:
        """Put what is known of the tasks on the error."""
        error.gateway = error.gateway or self.gateway
        error.task_ids = error.task_ids or self.task_ids
        error.passed_over = self.passed_over
        error.job = cast("ResumableJob", self) if self.task_ids else None
        if isinstance(error, PartialFailure):
            error.result = self._make_result(error.tasks)


class Job(BaseJob):
    """The tasks of one request, from `Client`. Made by `submit` and `job`."""

    _driver: Driver
    _kinds = Result, Image, Fetched

    def status(self) -> tuple[Task, ...]:
        """Ask for every task once, at the documented rate.

        Returns the tasks, in order. Raises PartialFailure where some are unknown or cannot be
        read: its `tasks` are the others.
        """
        return self._driver.run(self._read_states())

    def wait(self, timeout: float | None = None, on_event: Listener | None = None) -> Result:
        """Poll until all tasks have ended.

        timeout: seconds, at most (default: Polling.timeout). A last poll at the end of that
            time gets up to 5 s for its answer.
        on_event: called with each event.
        Returns the pictures. Raises TaskTimeout (wait again, whenever you like), TaskFailed,
        PartialFailure, or what the gateway says about the key. Failed polls are ridden out.
        """
        result: Result = self._driver.run(self._keep_ids(self._wait(timeout)), on_event)
        return result

    def events(self, timeout: float | None = None) -> Generator[Event]:
        """What `wait` learns, as it learns it; raises the same errors, at the end.

        `wait()` afterwards returns the result without asking again.
        """
        return self._driver.events(self._keep_ids(self._wait(timeout)))


def missing_pictures(state: JobState, count: int) -> int:
    """How many pictures fewer than asked and paid for a success has."""
    if len(state.ended) != len(state.plans):
        return 0
    asked = sum([plan.pictures for plan in state.plans])
    return max(0, asked - count)
