"""The jobs of one call for many: made as they are asked for, and followed to their end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, Any

from .core.failover import serve_request
from .core.many import finish
from .core.planning import listening

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .core.effects import Steps
    from .core.job_state import JobState
    from .core.many import Finished
    from .core.ports import CallbackReceiver
    from .core.request import Request
    from .core.route import Route
    from .core.session import Session
    from .interruptions import OpenJobs
    from .job import BaseJob
    from .ledger import Ledger, OpenJob
    from .ledger.ledger import Continuing
    from .wire.async_driving import AsyncDriver
    from .wire.driving import Driver

    Conclude = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class ManyJobs:
    """What all of them share.

    book: where tasks of an earlier run stand, if anywhere. callback: for the requests that do not
    say by themselves who is called back.
    """

    route: Route
    kind: type[BaseJob]
    driver: Driver | AsyncDriver
    timeout: float | None
    under_way: OpenJobs
    book: Continuing | None = None
    callback: CallbackReceiver | None = None

    def one(self, index: int, item: str | Request) -> Steps[Finished[Any]]:
        """The steps of one of them."""
        return finish(index, item, self.generate)

    def left_by(self, ledger: Ledger) -> Iterator[Steps[Finished[Any]]]:
        """Those of each job that an earlier process left there."""
        left = enumerate(ledger.left_open(self.route.sessions))
        return (finish(index, job.request, self.resume(at, job)) for index, (at, job) in left)

    def generate(self, request: Request, index: int, conclude: Conclude) -> Steps[Any]:
        """The steps of a request."""
        if request.callback is None and request.callback_url in (None, ""):
            request = replace(request, callback=self.callback)

        def run(session: Session, state: JobState, _: object) -> Steps[Any]:
            return self._follow(session, state, conclude)

        book = self.book
        return serve_request(self.route, request, run, inf, index, book.choose if book else None)

    def resume(
        self, session: Session, left: OpenJob
    ) -> Callable[[Request, int, Conclude], Steps[Any]]:
        """The same for a job whose tasks exist."""

        def run(_: Request, index: int, conclude: Conclude) -> Steps[Any]:
            state = listening(left.state(session, index), session.name, self.callback)
            return self._follow(session, state, conclude)

        return run

    def _follow(self, session: Session, state: JobState, conclude: Conclude) -> Steps[Any]:
        job = self.kind(session, state, self.driver)
        self.under_way.states[state.index] = state
        steps = job._generate(self.timeout, conclude, turn_counts=False)
        return job._keep_ids(self.book.continued(session, state, steps) if self.book else steps)
