"""The ledger as its users see it."""

from __future__ import annotations

from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import and_, select, update

from ..core.checks import real_number
from ..core.durations import KEPT, Durations
from ..core.records import usable_id
from ..errors import Imagen4Error, InvalidRequest, SubmissionUncertain
from .callback_rows import attach
from .keys import Keys, canonical, key_of_tag
from .open_jobs import JobsLeft, OpenJob, take_up
from .recorder import Payee, Recorder
from .rows import COLUMNS, Row, as_rows
from .schema import SENDABLE, UNANSWERED, RowState, creates
from .spending import SPENT, Spending
from .store import Store
from .turns import LedgerTurns, salt_of
from .watch import Watch

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Self

    from sqlalchemy import ColumnElement

    from ..core.effects import Steps
    from ..core.job_state import JobState
    from ..core.route import Candidate
    from ..core.session import Session
    from ..core.task import Task

T = TypeVar("T")


class Ledger:
    """Where every create stands before it is sent.

    place: an SQLite file, made if it is not there, for its owner alone (mode 0600); or
        postgresql://… (the extra `postgres`), for many machines: the tables are made in that
        database. It holds prompts and links, never a key.
    max_credits: refuse the create with which all of this ledger's would cost more. What is
        uncertain counts as spent.
    batch: a name under which its creates are added up.
    new: whether it is made where there is none.
    Threads, processes and forked workers may share one. Raises LedgerError for what is no ledger,
    is not there, is damaged, cannot be reached or written, or was written by a newer imagen4.
    """

    def __init__(
        self,
        place: str | os.PathLike[str],
        *,
        max_credits: float | None = None,
        batch: str = "",
        new: bool = True,
    ) -> None:
        self._limit = None if max_credits is None else real_number(max_credits)
        if max_credits is not None and (self._limit is None or not self._limit >= 0):
            raise InvalidRequest("max_credits must be a number of credits, 0 or more")
        self._batch = batch
        self._store = Store(place, new=new)

    def __repr__(self) -> str:
        return f"Ledger({self._store.database.name!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close its connections; whoever uses the ledger again opens it again."""
        self._store.close()

    @property
    def identity(self) -> str:
        """The same for all who use this ledger, and no other's."""
        return sha256(salt_of(self._store).encode()).hexdigest()

    def open_jobs(self) -> Sequence[OpenJob]:
        """Requests with creates that are unanswered, running, or not saved, the oldest first.

        Each is read when it is looked at.
        """
        return JobsLeft(self._store)

    def rows(self, *where: ColumnElement[bool]) -> list[Row]:
        """The creates, the oldest first."""
        with self._store.reading() as connection:
            chosen = select(*COLUMNS).where(*where).order_by(creates.c.id)
            return as_rows(connection.execute(chosen))

    def spent(self) -> float:
        """Credits of all creates that may have been accepted: as charged, else as estimated."""
        with self._store.reading() as connection:
            spent: float = connection.execute(SPENT).scalar_one()
            return spent

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Raises LedgerError if another process is in such a block; ends with the process."""
        with self._store.alone():
            yield

    def retry_failed(self, tags: Iterable[str]) -> None:
        """Let creates whose tasks failed be sent again. Their rows stay, under another key."""
        failed = self.rows(creates.c.state == RowState.FAILED)
        wanted = set(map(key_of_tag, tags))
        with self._store.writing() as connection:
            for row in failed:
                if row.key in wanted:
                    aside = update(creates).where(creates.c.id == row.id)
                    connection.execute(aside.values(key=f"failed {row.id} {row.key}"))

    def resolve(self, row_id: int, task_id: str | None) -> None:
        """Say what became of an uncertain create: the task it made, or None that it made none.

        With a task it can be resumed, without one it may be sent again. Raises InvalidRequest
        for a row that is not uncertain, or an id that is none, or another row's.
        """
        if task_id is not None and not usable_id(task_id):
            raise InvalidRequest("A task id is a text without controls, and not empty")
        state = RowState.REFUSED if task_id is None else RowState.CREATED
        reason = "Resolved: it made no task" if task_id is None else None
        row = and_(creates.c.id == row_id, creates.c.state.in_(UNANSWERED))
        known = select(creates.c.id).where(creates.c.task_id == task_id)
        with self._store.writing() as connection:
            if task_id is not None and connection.execute(known).first():
                raise InvalidRequest("Another row of this ledger has that task")
            values = {"state": state, "task_id": task_id, "reason": reason}
            if connection.execute(update(creates).where(row).values(values)).rowcount != 1:
                raise InvalidRequest(f"Row {row_id} is not uncertain: there is nothing to resolve")

    def record_callback(self, callback: Task, url: str | bytes | None) -> Row | None:
        """Attach a callback's task to its create, which may have been uncertain until now.

        callback: from `callbacks.parse`, once `callbacks.verify` has vouched for it. url: the one
        it was posted to, or its query: it carries the create's token. Returns the create, from
        now on to be resumed; None where no create of this ledger has the token, or where it, or
        the task, is known otherwise.
        """
        found = attach(self._store, callback, url)
        return None if found is None else self.rows(creates.c.id == found)[0]

    def recorder(self, sessions: Sequence[Session]) -> Recorder:
        """What a client with these settings tells its events, before anybody else."""
        payees = {each.name: Payee(each.adapter.facts, each.base_url) for each in sessions}
        budgets = () if self._limit is None else (Spending(self._limit),)
        return Recorder(self._store, payees, sessions[0].now, self._batch, budgets)

    def share_turns(self, sessions: Iterable[Session]) -> None:
        """Have each session take turns with all who use its account and this ledger."""
        for session in sessions:
            if session.polling.paced:
                session.turns = LedgerTurns(self._store, session)

    def share_durations(self, sessions: Iterable[Session]) -> None:
        """Have each session know how long the tasks at its address took lately."""
        for session in sessions:
            latest = select(creates.c.model, creates.c.seconds)
            latest = latest.where(at_place(session), creates.c.seconds.is_not(None))
            with self._store.reading() as connection:
                found = connection.execute(latest.order_by(creates.c.id.desc()).limit(KEPT)).all()
            session.durations = Durations()
            for model, seconds in reversed(found):
                session.durations.learn(model, seconds)

    def watch(self, name: str, clock: Callable[[], float]) -> Watch:
        """What a worker of that name tells, on a monotonic clock, while it is at work."""
        return Watch(self._store, name, clock)

    def continuing(self, sessions: Iterable[Session]) -> Continuing:
        """For the requests of one run that may have run before, by a client with these settings."""
        return Continuing(self, dict(map(place_of, sessions)))

    def left_open(self, sessions: Sequence[Session]) -> Iterator[tuple[Session, OpenJob]]:
        """What can be finished at the sessions' addresses: the jobs with tasks.

        Creates that nobody has an answer to are from now on called uncertain. If somebody is
        at work on one after all, the answer will say what it is.
        """
        here = creates.c.base_url.in_([session.base_url for session in sessions])
        with self._store.writing() as connection:
            unanswered = update(creates).where(here, creates.c.state == RowState.SENDING)
            connection.execute(unanswered.values(state=RowState.UNCERTAIN, reason=NO_ANSWER))
        at = {place_of(session): session for session in sessions}
        jobs = (job for job in JobsLeft(self._store, here) if job.task_ids)
        return ((at[place], job) for job in jobs if (place := job.place) in at)


NO_ANSWER = "The process ended before the answer was written down"


class Continuing:
    """Takes up what an earlier run of the same requests has paid for."""

    def __init__(self, ledger: Ledger, places: Mapping[str, str]) -> None:
        self._ledger = ledger
        self._places = places
        self._keys = Keys()

    def choose(
        self, candidates: list[Candidate], elsewhere: Mapping[str, JobState]
    ) -> list[Candidate]:
        """Where the request may be sent: where it was, if a create of it may have a task.

        Gives it its key at each of them: the one that it has where that is the only gateway, so
        that neither their order nor their number makes it a new one. elsewhere: what it would be
        at gateways that the client does not have. Raises InvalidRequest where it is at one of
        those, SubmissionUncertain where it may be, LedgerError.
        """
        jobs = {each.session.name: each.job for each in candidates}
        keys = self._keys.keys_of({**elsewhere, **jobs})
        for name, job in jobs.items():
            job.key, job.recorded = keys[name], True
            job.keys_elsewhere = tuple(key for other, key in keys.items() if other != name)
        sent = creates.c.key.in_(set(keys.values())), creates.c.state.not_in(SENDABLE)
        rows = [row for row in self._ledger.rows(*sent) if row.counts_for(self._places)]
        there = {row.gateway for row in rows}
        chosen = [each for each in candidates if each.session.name in there]
        if rows and not chosen:
            raise self._out_of_reach(rows)
        return chosen or candidates

    @staticmethod
    def _out_of_reach(rows: Sequence[Row]) -> Imagen4Error:
        """The error for a request that cannot be sent, since a gateway has it that is not asked."""
        gateway = rows[0].gateway
        lost = next((row for row in rows if row.uncertain), None)
        words = f"gateway: the ledger has this request at {gateway}, and no other one is sent it"
        error = unanswered(lost) if lost else InvalidRequest(words)
        error.gateway, error.accepted = gateway, "maybe" if lost else "no"
        error.task_ids = tuple(row.task_id for row in rows if row.task_id)
        return error

    def continued(self, session: Session, job: JobState, steps: Steps[T]) -> Steps[T]:
        """The steps of a job, with the tasks that it has already.

        Raises SubmissionUncertain where nobody can say whether it has one more, InvalidRequest
        for a tag that stands in the ledger with other fields, LedgerError.
        """
        self._ledger._store.backlog.settle()  # an answer that is owed is none that is missing
        rows = self._ledger.rows(at_place(session), creates.c.key == job.key)
        if not all(is_planned(row, job) for row in rows):
            raise InvalidRequest("tag: the ledger has it with other fields; take another tag")
        take_up(job, rows, session.clock())
        for row in rows:
            if row.uncertain:
                raise unanswered(row)
        return (yield from steps)


def place_of(session: Session) -> tuple[str, str]:
    """The gateway, and where it is: two of them may have one address, such as a sandbox's."""
    return session.name, session.base_url


def at_place(session: Session) -> ColumnElement[bool]:
    return and_(creates.c.gateway == session.name, creates.c.base_url == session.base_url)


def is_planned(row: Row, job: JobState) -> bool:
    """Whether the request still asks for what was paid."""
    if row.number > len(job.plans) or row.model != job.model:
        return False
    return canonical(row.fields) == canonical(job.plans[row.number - 1].fields)


def unanswered(row: Row) -> SubmissionUncertain:
    return SubmissionUncertain(
        f"Create {row.number} of {row.total}, sent at {row.started}, may have been accepted and "
        "was not repeated: the ledger has no answer to it"
    )
