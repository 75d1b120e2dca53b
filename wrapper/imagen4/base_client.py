"""What `Client` and `AsyncClient` share: settings, and the steps that both of them run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from .confirmed import ConfirmedTask, values_of
from .core.balance import read_balance
from .core.checks import instance_of
from .core.job_state import resume_job
from .core.price import cost_of
from .core.request import Request
from .core.task import Task
from .errors import Imagen4Error, InvalidRequest, TaskNotFound
from .interruptions import insist, log_known

if TYPE_CHECKING:
    from .core.effects import Steps
    from .core.failover import Route
    from .core.job_state import JobState
    from .core.price import Cost
    from .core.session import Session
    from .job import BaseJob
    from .ledger import Ledger
    from .literals import AspectRatio, Model
    from .wire.async_driving import AsyncDriver
    from .wire.driving import Driver

DriverT = TypeVar("DriverT", "Driver", "AsyncDriver")


class BaseClient:
    """One gateway with a caller's settings."""

    _route: Route
    _driver: Any
    _job_class: type[BaseJob]

    @property
    def gateway(self) -> str:
        """The gateway's name; of several, the first one's."""
        return self._session.name

    @property
    def gateways(self) -> tuple[str, ...]:
        """The gateways' names, in the order of preference."""
        return tuple(each.name for each in self._route.sessions)

    @property
    def base_url(self) -> str:
        """Where the requests, and with them the key, go; of several gateways, the first one's."""
        return self._session.base_url

    @property
    def base_urls(self) -> tuple[str, ...]:
        """Where the requests of each gateway go, in the order of `gateways`."""
        return tuple(each.base_url for each in self._route.sessions)

    def price(
        self,
        prompt: str | Request | None = None,
        *,
        model: Model | None = None,
        num_images: int = 1,
        aspect_ratio: AspectRatio | None = None,
        negative_prompt: str | None = None,
        seed: str | int | None = None,
        **fields: Any,
    ) -> Cost | None:
        """What `generate` would cost by the gateway's price list; None where that is not known.

        The arguments are those of `generate`, or a `Request` alone. The cost is in the gateway's
        credits and in dollars; of several gateways, on the first that has its fields. Sends
        nothing. Raises InvalidRequest as `generate` does.
        """
        more = (num_images, aspect_ratio, negative_prompt, seed, None, None, model, fields)
        if not isinstance(prompt, Request):
            prompt = Request(prompt, *more)
        elif Request(None, *more) != Request():
            raise InvalidRequest("a Request has its own arguments; give no others beside it")
        (session, job), *_ = self._route.plan(prompt)[0]
        return cost_of(session.adapter, job)

    def __repr__(self) -> str:
        if len(self.gateways) > 1:
            return f"{type(self).__name__}({list(self.gateways)!r})"
        return f"{type(self).__name__}({self.gateway!r}, base_url={self.base_url!r})"

    @property
    def _session(self) -> Session:
        return self._route.sessions[0]

    def _at(self, gateway: str | None) -> Session:
        """One gateway's session. Raises InvalidRequest where nobody says which of several."""
        sessions = self._route.sessions
        if gateway is None and len(sessions) == 1:
            return sessions[0]
        for each in sessions:
            if each.name == gateway:
                return each
        raise InvalidRequest(f"gateway must be one of {', '.join(self.gateways)}")

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} cannot be pickled or copied, since its connections and its "
            "key stay in their process: make one in each process"
        )

    def _recording(self, driver: DriverT, ledger: Ledger | None) -> DriverT:
        """The same, with the ledger, if there is one; see below."""
        return driver if ledger is None else self._with_ledger(driver, ledger)

    def _with_ledger(self, driver: DriverT, ledger: Ledger) -> DriverT:
        """The same, with the ledger that is told first and shares rate and durations.

        Raises InvalidRequest for what is none, say a file's name.
        """
        if not hasattr(type(ledger), "recorder"):  # its class needs an extra
            raise InvalidRequest(f"ledger must be of class Ledger, not {type(ledger).__name__}")
        ledger.share_turns(self._route.sessions)
        ledger.share_durations(self._route.sessions)
        return driver.recording(ledger.recorder(self._route.sessions))

    def _tell_of_closing(self, creates: int = 0) -> None:
        """Tell the ids of what cannot go on; before the wait for so many creates, and after."""
        for session in self._route.sessions:
            jobs = list(session.under_way.values())
            insist(partial(log_known, jobs, session.name, "closing", creates))

    def _generating(self, session: Session, state: JobState, timeout: float | None) -> Steps[Any]:
        job = self._job_class(session, state, self._driver)
        return job._keep_ids(job._generate(timeout))

    def _submitting(self, session: Session, state: JobState, timeout: float | None) -> Steps[Any]:
        job = self._job_class(session, state, self._driver)
        return job._keep_ids(job._submit(timeout))

    def _confirm(self, callback: Task) -> Steps[ConfirmedTask[Any]]:
        """A callback does not say whose it is: the gateways are asked in their order.

        One that cannot say keeps no other from being asked. Raises InvalidRequest for no Task.
        """
        instance_of(callback, Task, "callback")
        failures: list[Imagen4Error] = []
        for session in self._route.sessions:
            state = resume_job(session.new_id(), (callback.task_id,))
            job = self._job_class(session, state, self._driver)
            try:
                (task,) = yield from job._read_states()
            except Imagen4Error as error:
                failures.append(error)
            else:
                return ConfirmedTask(*values_of(task), result=job._make_result([task]))
        unsaid = [error for error in failures if not isinstance(error, TaskNotFound)]
        raise (unsaid or failures)[0]

    def _read_balance(self, gateway: str | None) -> Steps[float]:
        session = self._at(gateway)
        try:
            return (yield from read_balance(session))
        except Imagen4Error as error:
            error.gateway = error.gateway or session.name
            raise
