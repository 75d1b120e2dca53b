"""Events as rows: the listener that every client with a ledger tells first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from ..core.price import credits_of
from ..errors import PartialFailure, TaskNotFound, UnexpectedResponse
from ..events import (
    CreateRefused,
    CreateStarting,
    CreateUncertain,
    PictureSaved,
    RequestEnded,
    TaskCreated,
    TaskState,
)
from .schema import SENDABLE, UNANSWERED, RowState, creates

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import Any

    from sqlalchemy import ColumnElement, Connection, Select

    from ..errors import Imagen4Error
    from ..events import Event
    from ..facts import GatewayFacts
    from .store import Store

LOST = (TaskNotFound, UnexpectedResponse)
"""Final for a task without pictures, although the gateway does not call it failed."""


@dataclass(frozen=True, slots=True)
class Recorder:
    """Writes down what a client does at one address.

    What cannot be committed at CreateStarting stops the create, since nothing of it has left. In
    an event loop a commit holds the loop up for as long as the disk takes, some milliseconds: a
    thread of its own would only make the create wait as long.
    """

    store: Store
    facts: GatewayFacts
    base_url: str
    now: Callable[[], datetime]
    batch: str
    max_credits: float | None

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
            case TaskState():
                self._polled(event)
            case PictureSaved():
                self._saved(event)
            case RequestEnded(error=error) if error is not None and error.accepted is None:
                self._given_up(error)

    def __hash__(self) -> int:
        return id(self.store)

    def _sending(self, event: CreateStarting) -> None:
        """The row is on the disk as `sending` when this returns."""
        estimate = credits_of(self.facts, event.model, event.pictures)
        values = {
            "state": RowState.SENDING,
            "job_id": event.job_id,
            "attempt": event.attempt,
            "reason": None,
            "estimate": estimate,
            "batch": self.batch,
            "started": self.now().isoformat(timespec="seconds"),
        }
        with self.store.writing() as connection:
            if self.max_credits is not None:
                self._check_spent(connection, estimate, self.max_credits)
            same = (creates.c.key == event.key, creates.c.number == event.number)
            mine = (creates.c.base_url == self.base_url, *same)
            sendable = update(creates).where(*mine, creates.c.state.in_(SENDABLE))
            if connection.execute(sendable.values(values)).rowcount == 1:
                return
            try:
                connection.execute(insert(creates).values(values | self._described(event)))
            except IntegrityError:
                words = f"has create {event.number} of this request already: not sent again"
                raise self.store.error(words) from None

    def _described(self, event: CreateStarting) -> dict[str, Any]:
        """What never changes of a row."""
        return {
            "base_url": self.base_url,
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

    def _check_spent(self, connection: Connection, estimate: float | None, limit: float) -> None:
        """Uncertain creates count as spent; so does one that failed, unless it is known better."""
        if estimate is None:
            raise self.store.error(
                "has a limit of credits, and what this create costs is not known: it was not sent"
            )
        spent: float = connection.execute(spent_credits()).scalar_one()
        if spent + estimate > limit:
            raise self.store.error(
                f"allows {limit:g} credits and {spent:g} are spent: a create of {estimate:g} was "
                "not sent"
            )

    def _answered(self, event: Event, state: RowState, **values: object) -> None:
        """A job has one create under way at a time, and stops at one that is uncertain."""
        mine = creates.c.job_id == event.job_id
        self._update((mine, creates.c.state.in_(UNANSWERED)), state=state, **values)

    def _polled(self, event: TaskState) -> None:
        """Only ends are written: that a task runs needs nobody's remembering."""
        task = event.task
        mine = (*self._task(task.task_id), creates.c.state != RowState.SAVED)
        if task.failed:
            reason = _words(event.error) if event.error else None
            self._update(mine, state=RowState.FAILED, reason=reason, charged=task.credits)
        elif task.succeeded and event.error is None:
            links, charged = list(task.urls), task.credits
            self._update(mine, state=RowState.SUCCEEDED, reason=None, urls=links, charged=charged)

    def _saved(self, event: PictureSaved) -> None:
        with self.store.writing() as connection:
            chosen = select(creates.c.id, creates.c.urls, creates.c.paths)
            row = connection.execute(chosen.where(*self._task(event.task_id))).first()
            if row is None:
                return
            paths = {**row.paths, event.url: str(event.path.absolute())}
            values: dict[str, object] = {"paths": paths}
            if paths.keys() >= set(row.urls):
                values["state"] = RowState.SAVED
            connection.execute(update(creates).where(creates.c.id == row.id).values(values))

    def _given_up(self, error: Imagen4Error) -> None:
        """Tasks that can have no pictures any more."""
        failures = error.failures if isinstance(error, PartialFailure) else (error,)
        for each in failures:
            if isinstance(each, LOST):
                known = creates.c.task_id.in_(each.task_ids or error.task_ids)
                here = (creates.c.base_url == self.base_url, known)
                still = creates.c.state == RowState.CREATED
                self._update((*here, still), state=RowState.FAILED, reason=_words(each))

    def _task(self, task_id: str | None) -> tuple[ColumnElement[bool], ...]:
        return creates.c.base_url == self.base_url, creates.c.task_id == task_id

    def _update(self, where: tuple[ColumnElement[bool], ...], **values: object) -> None:
        with self.store.writing() as connection:
            connection.execute(update(creates).where(*where).values(values))


def spent_credits() -> Select[float]:
    """What all creates cost that may have been accepted: as charged, else as estimated."""
    known = func.coalesce(creates.c.charged, creates.c.estimate, 0.0)
    total = select(func.coalesce(func.sum(known), 0.0))
    return total.where(creates.c.state.not_in(SENDABLE))


def _words(error: Exception) -> str:
    """An error's message; a listener's own may hold anything, and is only named."""
    message = getattr(error, "message", type(error).__name__)
    record = getattr(error, "record_id", None)
    return f"{message} (the answer named {record})" if record else str(message)
