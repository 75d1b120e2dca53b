"""What a worker does for an order, step by step: each may be done again, by another process."""

from __future__ import annotations

from functools import partial
from threading import Event as Flag
from typing import TYPE_CHECKING, TypeVar, cast

from ..core.planning import plan_job
from ..core.route import Candidate
from ..core.submission import create_tasks
from ..errors import (
    AuthenticationError,
    DownloadError,
    FeatureDisabled,
    GatewayUnavailable,
    Imagen4Error,
    InsufficientCredits,
    InvalidRequest,
    LedgerError,
    LedgerUnavailable,
    PartialFailure,
    QuotaExceeded,
    RateLimited,
    TaskTimeout,
    TransportError,
)
from ..job import Job
from ..ledger import state_of_request
from ..ledger.schema import RowState, creates
from ..logs import logger

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..core.effects import Steps
    from ..core.session import Session
    from ..ledger import Ledger, Row
    from ..result import Result
    from .accounts import Accounts, PayingAccount
    from .destinations import Destination
    from .orders import Order

T = TypeVar("T")

TURN = 3600.0  # seconds that a create may wait for its turn, with the queue of many workers
ELSEWHERE = (
    AuthenticationError,
    FeatureDisabled,
    InsufficientCredits,
    LedgerError,
    QuotaExceeded,
)
"""Another account may be able to pay."""
LATER = (GatewayUnavailable, RateLimited, TransportError)
"""The same may succeed in a while."""


class Stopped(BaseException):
    """The process ends. Not an Exception, which would be taken for what came of the order."""


class Desk:
    """The steps. What became of a request stands in the ledger, whatever they return."""

    def __init__(self, ledger: Ledger, accounts: Accounts, destination: Destination) -> None:
        self._ledger = ledger
        self._accounts = accounts
        self._destination = destination
        self.stopping = Flag()

    def choose(self, order: Order, refused: Sequence[str]) -> str | None:
        """Whose key pays: the one that has paid already, or any that may."""
        paid = {row.account for row in self._rows(order) if row.task_id or row.uncertain}
        known = next(filter(None, paid), None)
        return known or self._accounts.choose(refused)

    def create(self, order: Order, name: str) -> tuple[str, str]:
        """Pay for what is not paid yet: "done", "elsewhere", "later" or "ended", and why.

        What is uncertain is never sent again. Raises LedgerUnavailable: then nothing was sent.
        """
        try:
            account = self._account(name)
            self._run(order, account, partial(creating, account.session))
        except LedgerUnavailable:
            raise
        except Imagen4Error as error:
            if error.accepted == "no" and isinstance(error, ELSEWHERE):
                if not isinstance(error, LedgerError):
                    account.let_rest()
                return "elsewhere", error.message
            if error.accepted == "no" and isinstance(error, LATER):
                return "later", error.message
            return "done" if error.accepted == "no" and error.task_ids else "ended", error.message
        return "done", ""

    def look(self, order: Order, name: str) -> bool:
        """Ask once for each task that runs; whether nothing is left to be waited for."""
        try:
            self._wait(order, self._account(name))
        except (TaskTimeout, LedgerUnavailable) as error:
            logger.debug("%s: %s", order.tag, error.message)
            return False
        except Imagen4Error as error:
            logger.debug("%s: %s", order.tag, error.message)
        return True

    def save(self, order: Order, name: str) -> str:
        """Fetch the pictures there are; why some could not be saved."""
        reason, result = "", None
        try:
            account = self._account(name)
            result = self._wait(order, account)
        except PartialFailure as error:
            result, reason = cast("Result | None", error.result), error.message
        except LedgerUnavailable:
            raise
        except Imagen4Error as error:
            return error.message
        recorder = self._accounts.recorder(account, order)
        for image in result.images if result else ():
            try:
                self._destination.save(image, order.names[image.index], recorder)
            except DownloadError as error:
                reason = reason or error.message
        return reason

    def end(self, order: Order, reason: str) -> tuple[str, str]:
        """What became of the order, and why: one line in the log."""
        rows = self._rows(order)
        state = state_of_request(rows, rows[0].total if rows else 1)
        known = next((row.reason for row in rows if row.reason), reason)
        why = reason if state == RowState.SAVED else known
        log = logger.warning if why or state != RowState.SAVED else logger.info
        log("%s: %s%s", order.tag, state, f": {why}" if why else "")
        return state, why

    def close(self, patience: float) -> None:
        """From here on nothing is sent; creates that are out have so many seconds for answers."""
        self.stopping.set()
        for account in self._accounts.every:
            account.client.close()
        self._accounts.unanswered.wait(patience)

    def _account(self, name: str) -> PayingAccount:
        """One that has paid, after `create`."""
        account = self._accounts.get(name)
        if account is None:
            raise InvalidRequest(f"This worker was not given {name}")
        return account

    def _wait(self, order: Order, account: PayingAccount) -> Result:
        result: Result = self._run(order, account, lambda job: job._wait(0.0))
        return result

    def _run(self, order: Order, account: PayingAccount, steps: Callable[[Job], Steps[T]]) -> T:
        """Run steps of the order's job, which has what the ledger knows of it."""
        session, driver = account.session, account.client._driver
        driver = driver.recording(self._accounts.recorder(account, order))
        job = Job(session, plan_job(session, order.request), driver)
        book = self._ledger.continuing([session])
        book.choose([Candidate(session, job._state)], elsewhere={})
        try:
            return driver.run(job._keep_ids(book.continued(session, job._state, steps(job))))
        finally:
            if self.stopping.is_set():
                raise Stopped

    def _rows(self, order: Order) -> list[Row]:
        here = self._accounts.base_url
        return self._ledger.rows(creates.c.base_url == here, creates.c.key == order.key)


def creating(session: Session, job: Job) -> Steps[None]:
    """The creates that a job lacks."""
    yield from create_tasks(session, job._state, session.begin(job._state, TURN))
