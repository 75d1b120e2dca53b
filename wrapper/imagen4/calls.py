"""What the calls of both clients come to: steps, which a driver runs.

A client loads this with its first call, and with it all that serves a request: half of what it
consists of. So a program that makes a client does not wait for that while it starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .confirmed import ConfirmedTask, values_of
from .core.balance import read_balance
from .core.checks import instance_of
from .core.failover import candidates_for, serve_request
from .core.job_state import resume_job
from .core.planning import listening
from .core.price import cost_of
from .core.request import Request
from .core.task import Task
from .errors import Imagen4Error, InvalidRequest, TaskNotFound
from .interruptions import OpenJobs
from .many_jobs import ManyJobs

if TYPE_CHECKING:
    from .core.effects import Steps
    from .core.job_state import JobState
    from .core.ports import CallbackReceiver
    from .core.price import Cost
    from .core.route import Route
    from .core.session import Session
    from .job import BaseJob
    from .ledger import Ledger
    from .wire.async_driving import AsyncDriver
    from .wire.driving import Driver


@dataclass(slots=True)
class Calls:
    """Those of one client, whose jobs are of that kind.

    asked: the arguments of a `Request`, in its order.
    """

    route: Route
    driver: Driver | AsyncDriver
    kind: type[BaseJob]

    def price(self, prompt: str | Request | None, more: tuple[Any, ...]) -> Cost | None:
        """more: the arguments that a `Request` has itself."""
        if not isinstance(prompt, Request):
            prompt = Request(prompt, *more)
        elif Request(None, *more) != Request():
            raise InvalidRequest("a Request has its own arguments; give no others beside it")
        (session, job), *_ = candidates_for(self.route, prompt)[0]
        return cost_of(session.adapter, job)

    def generate(self, asked: tuple[Any, ...], timeout: float | None) -> Steps[Any]:
        return serve_request(self.route, Request(*asked), self._generating, timeout)

    def submit(self, asked: tuple[Any, ...], timeout: float | None) -> Steps[Any]:
        return serve_request(self.route, Request(*asked), self._submitting, timeout)

    def take_up(
        self, session: Session, task_ids: tuple[str, ...], callback: CallbackReceiver | None
    ) -> Any:
        """The job of tasks that exist."""
        state = resume_job(session.new_id(), task_ids)
        return self.kind(session, listening(state, session.name, callback), self.driver)

    def many(
        self,
        driver: Driver | AsyncDriver,
        timeout: float | None,
        callback: CallbackReceiver | None,
        ledger: Ledger | None = None,
    ) -> ManyJobs:
        """driver: the one that tells their ledger. ledger: where tasks of an earlier run stand."""
        book = None if ledger is None else ledger.continuing(self.route.sessions)
        under_way = OpenJobs(self.route.sessions[0].name)
        return ManyJobs(self.route, self.kind, driver, timeout, under_way, book, callback)

    def confirm(self, callback: Task) -> Steps[ConfirmedTask[Any]]:
        """A callback does not say whose it is: the gateways are asked in their order.

        One that cannot say keeps no other from being asked. Raises InvalidRequest for no Task.
        """
        instance_of(callback, Task, "callback")
        failures: list[Imagen4Error] = []
        for session in self.route.sessions:
            job = self.take_up(session, (callback.task_id,), None)
            try:
                (task,) = yield from job._read_states()
            except Imagen4Error as error:
                failures.append(error)
            else:
                return ConfirmedTask(*values_of(task), result=job._make_result([task]))
        unsaid = [error for error in failures if not isinstance(error, TaskNotFound)]
        raise (unsaid or failures)[0]

    def read_balance(self, session: Session) -> Steps[float]:
        try:
            return (yield from read_balance(session))
        except Imagen4Error as error:
            error.gateway = error.gateway or session.name
            raise

    def _generating(self, session: Session, state: JobState, timeout: float | None) -> Steps[Any]:
        job = self.kind(session, state, self.driver)
        return job._keep_ids(job._generate(timeout))

    def _submitting(self, session: Session, state: JobState, timeout: float | None) -> Steps[Any]:
        job = self.kind(session, state, self.driver)
        return job._keep_ids(job._submit(timeout))
