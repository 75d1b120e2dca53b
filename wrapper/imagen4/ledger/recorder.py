"""Events as rows: the listener that every client with a ledger tells first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, bindparam, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from ..core.durations import lasted
from ..core.price import credits_of
from ..errors import PartialFailure, TaskNotFound, UnexpectedResponse
from ..events import (
    BalanceSeen,
    CreateRefused,
    CreateStarting,
    CreateUncertain,
    PictureSaved,
    RequestEnded,
    TaskCreated,
    TaskState,
)
from .callback_rows import digest_of
from .schema import SENDABLE, UNANSWERED, RowState, creates, is_one_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from typing import Any

    from sqlalchemy import BindParameter, Connection, Update

    from ..errors import Imagen4Error
    from ..events import Event
    from ..facts import GatewayFacts
    from .spending import Spending
    from .store import Store

# Statements are made once: to make one takes several times as long as it takes to carry it out.
ADDRESS = creates.c.base_url == bindparam("at")
HERE = and_(ADDRESS, creates.c.gateway == bindparam("who"))
OF: BindParameter[object] = bindparam("of")
NEW = insert(creates)
AGAIN = update(creates).where(
    ADDRESS, creates.c.key == OF, creates.c.number == bindparam("nth"), is_one_of(SENDABLE)
)
ANSWERED = update(creates).where(HERE, creates.c.job_id == OF, is_one_of(UNANSWERED))
ENDED = update(creates).where(HERE, creates.c.task_id == OF, creates.c.state != RowState.SAVED)
LOSING = update(creates).where(HERE, creates.c.task_id == OF, is_one_of([RowState.CREATED]))
ONE = update(creates).where(creates.c.id == OF)
PICTURES = select(creates.c.id, creates.c.state, creates.c.urls, creates.c.paths).where(
    HERE, creates.c.task_id == OF
)
MAY_HAVE_IT = select(creates.c.id).where(
    creates.c.key.in_(bindparam("keys", expanding=True)),
    creates.c.gateway != bindparam("who"),
    creates.c.state.not_in(SENDABLE),
    or_(
        creates.c.base_url.in_(bindparam("others", expanding=True)),
        creates.c.gateway.not_in(bindparam("names", expanding=True)),
    ),
)

LOST = (TaskNotFound, UnexpectedResponse)
"""Final for a task without pictures, although the gateway does not call it failed."""


class Payee(NamedTuple):
    """A gateway, and where it is."""

    facts: GatewayFacts
    base_url: str


@dataclass(frozen=True, slots=True)
class Recorder:
    """Writes down what a client does.

    What cannot be committed at CreateStarting stops the create, since nothing of it has left. In
    an event loop a commit to a file holds the loop up for as long as the disk takes, some
    milliseconds: a thread of its own would only make the create wait as long. A server may keep
    it waiting for seconds.
    """

    store: Store
    payees: Mapping[str, Payee]
    """Of each gateway of the client."""
    now: Callable[[], datetime]
    batch: str
    budgets: tuple[Spending, ...]
    """A create that would pass one of them is not sent."""
    account: str | None = None
    """Whose key sends, where there are several."""

    def __call__(self, event: Event) -> None:
        """Raises LedgerError if it cannot be written, or if the create must not be sent."""
        if isinstance(event, CreateStarting):
            self.store.backlog.settle()
            self._sending(event)
        else:
            self.store.backlog.write(partial(self._record, event))

    def _record(self, event: Event) -> None:
        match event:
            case TaskCreated():
                self._answered(event, RowState.CREATED, task_id=event.task_id, reason=None)
            case CreateRefused():
                self._answered(event, RowState.REFUSED, reason=_words(event.error))
            case CreateUncertain():
                self._answered(event, RowState.UNCERTAIN, reason=_words(event.error))
            case BalanceSeen():
                self._update(ANSWERED, event, event.job_id, balance_after=event.after)
            case TaskState():
                self._polled(event)
            case PictureSaved():
                path = str(event.path.absolute())
                self.saved(event.gateway, event.task_id, event.url, path)
            case RequestEnded(error=error) if error is not None and error.accepted is None:
                self._given_up(event, error)

    @property
    def remote(self) -> bool:
        return self.store.database.remote

    def __hash__(self) -> int:
        return id(self.store)

    def _sending(self, event: CreateStarting) -> None:
        """The row is on the disk as `sending` when this returns."""
        facts, at = self.payees[event.gateway]
        estimate = credits_of(facts, event.model, event.pictures)
        values = self._leaving(event, estimate) | self._described(event, at)
        mine = {"at": at, "of": event.key, "nth": event.number}
        with self.store.writing() as connection:
            self._check_elsewhere(connection, event)
            for budget in self.budgets:
                self._check_spent(connection, estimate, budget)
            if connection.execute(AGAIN, values | mine).rowcount == 1:
                return
            try:
                connection.execute(NEW, values)
            except IntegrityError:
                words = f"has create {event.number} of this request already: not sent again"
                raise self.store.error(words) from None

    def _leaving(self, event: CreateStarting, estimate: float | None) -> dict[str, Any]:
        """What a row says of the one attempt that is about to be sent."""
        return {
            "state": RowState.SENDING,
            "job_id": event.job_id,
            "attempt": event.attempt,
            "reason": None,
            "estimate": estimate,
            "batch": self.batch,
            "account": self.account,
            "token": digest_of(event.callback_token),
            "balance_before": event.balance,
            "balance_after": None,
            "passed_over": {name: _words(error) for name, error in event.passed_over},
            "started": self.now().isoformat(timespec="seconds"),
        }

    def _check_elsewhere(self, connection: Connection, event: CreateStarting) -> None:
        """A request of which another gateway may have a task is not sent here.

        Another of the client's where that is, any further one wherever it was.
        """
        who, keys = event.gateway, [event.key, *event.keys_elsewhere]
        others = [place.base_url for name, place in self.payees.items() if name != who]
        named = {"who": who, "keys": keys, "others": others, "names": list(self.payees)}
        if connection.execute(MAY_HAVE_IT, named).first():
            raise self.store.error("has this request at another gateway: it was not sent")

    def _described(self, event: CreateStarting, at: str) -> dict[str, Any]:
        """What changes only where another gateway at the same address takes the request over."""
        return {
            "base_url": at,
            "key": event.key,
            "number": event.number,
            "total": event.total,
            "gateway": event.gateway,
            "model": event.model,
            "fields": dict(event.fields),
            "pictures": event.pictures,
            "tag": event.tag,
            "seed": event.seed,
            "urls": [],
            "paths": {},
        }

    def _check_spent(
        self, connection: Connection, estimate: float | None, budget: Spending
    ) -> None:
        """Uncertain creates count as spent; so does one that failed, unless it is known better."""
        if estimate is None:
            raise self.store.error(
                "has a limit of credits, and what this create costs is not known: it was not sent"
            )
        spent = budget.spent(connection)
        if spent + estimate > budget.limit:
            whose = f"{budget.account} " if budget.account else ""
            raise self.store.error(
                f"allows {whose}{budget.limit:g} credits and {spent:g} are spent: a create of "
                f"{estimate:g} was not sent"
            )

    def _answered(self, event: Event, state: RowState, **values: object) -> None:
        """A job has one create under way at a time, and stops at one that is uncertain."""
        self._update(ANSWERED, event, event.job_id, state=state, **values)

    def _polled(self, event: TaskState) -> None:
        """Only ends are written: that a task runs needs nobody's remembering."""
        task, charged = event.task, event.task.credits
        if task.failed:
            reason = _words(event.error) if event.error else None
            self._update(
                ENDED, event, task.task_id, state=RowState.FAILED, reason=reason, charged=charged
            )
        elif task.succeeded and event.error is None:
            values = {"reason": None, "urls": list(task.urls), "charged": charged}
            values["seconds"] = lasted(task)
            self._update(ENDED, event, task.task_id, state=RowState.SUCCEEDED, **values)

    def saved(self, gateway: str, task_id: str | None, url: str, place: str) -> None:
        """The picture of that link is at that place."""
        with self.store.writing() as connection:
            at = self.payees[gateway].base_url
            named = {"at": at, "who": gateway, "of": task_id}
            row = connection.execute(PICTURES, named).first()
            if row is None:
                return
            paths = {**row.paths, url: place}
            complete = paths.keys() >= set(row.urls)
            state = RowState.SAVED if complete else row.state
            connection.execute(ONE, {"of": row.id, "paths": paths, "state": state})

    def _given_up(self, event: Event, error: Imagen4Error) -> None:
        """Tasks that can have no pictures any more."""
        failures = error.failures if isinstance(error, PartialFailure) else (error,)
        for each in failures:
            if isinstance(each, LOST):
                for task_id in each.task_ids or error.task_ids:
                    self._update(LOSING, event, task_id, state=RowState.FAILED, reason=_words(each))

    def _update(self, which: Update, event: Event, of: str, **values: object) -> None:
        at = self.payees[event.gateway].base_url
        with self.store.writing() as connection:
            connection.execute(which, values | {"at": at, "who": event.gateway, "of": of})


def _words(error: Exception) -> str:
    """An error's message; a listener's own may hold anything, and is only named."""
    message = getattr(error, "message", type(error).__name__)
    record = getattr(error, "record_id", None)
    return f"{message} (the answer named {record})" if record else str(message)
