"""Everything that was asked and answered in one run, and what can be read off it at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..facts import protocol
from .credentials import Credential
from .exchange import Exchange, Expect, Intent, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from .document import Document

RUNNING = {protocol.WAITING: 0, protocol.QUEUING: 0, protocol.GENERATING: 1}
"""Waiting and queuing both mean "in a queue"; nothing says which comes first."""
FINAL = {protocol.SUCCEEDED: 2, protocol.FAILED: 2}
RANKS = RUNNING | FINAL


@dataclass(frozen=True)
class TaskHistory:
    """A created task, and every answer about it in the order asked."""

    id: str
    created: Exchange
    polls: list[Exchange] = field(default_factory=list)
    records: list[Exchange] = field(default_factory=list)
    """The polls that were answered with a record."""
    ended: list[Exchange] = field(default_factory=list)
    """The records in a final state."""

    @property
    def asked(self) -> dict[str, Any]:
        """The body of the create; empty when it is no JSON object."""
        body = self.created.request.body
        return body if isinstance(body, dict) else {}

    def append(self, poll: Exchange) -> None:
        self.polls.append(poll)
        if poll.verdict.accepted and poll.data:
            self.records.append(poll)
            if poll.state in FINAL:
                self.ended.append(poll)


@dataclass
class Trace:
    """Grows with each exchange; it is judged when the run is over."""

    document: Document
    loopback: bool
    profile: str = "auto"
    patient: bool = False
    """Whether tasks were given the time in which every task has to end."""
    limited: bool = False
    """Whether requests were refused with 429 and sent again; only the last try is here."""
    stopped: str = ""
    """Why asking ended early, the same for all that was not asked; empty where it did not."""
    skipped: list[tuple[Intent, str]] = field(default_factory=list)
    """What was not sent, each with the reason."""
    exchanges: list[Exchange] = field(default_factory=list)
    answered: list[Exchange] = field(default_factory=list)
    """Those with an answer, but for a proxy's, which says nothing of the gateway's promises."""
    tasks: list[TaskHistory] = field(default_factory=list)
    """In the order of their creation; an id given twice is one task."""
    watch: Callable[[Trace], None] | None = None
    """Called after each exchange."""
    _by_id: dict[str, TaskHistory] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bounds = self.document.bounds(loopback=self.loopback)

    def append(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)
        if exchange.answer is not None and not exchange.by_proxy:
            self.answered.append(exchange)
        created = exchange.created_id
        if created and created not in self._by_id:
            self._by_id[created] = TaskHistory(created, exchange)
            self.tasks.append(self._by_id[created])
        if exchange.task_id in self._by_id and not exchange.by_proxy:
            self._by_id[exchange.task_id].append(exchange)
        if self.watch is not None:
            self.watch(self)

    @property
    def unheard(self) -> Iterator[tuple[Intent, str]]:
        """What was sent and never came as far as the gateway, or was not answered, and why."""
        heard = {each.request for each in self.answered}
        for request, last in {each.request: each for each in self.exchanges}.items():
            if request not in heard:
                yield last.intent, last.error or f"a proxy answered: {last.told}"

    def knows(self, task_id: str) -> bool:
        return task_id in self._by_id

    @property
    def records(self) -> Iterator[tuple[TaskHistory, Exchange]]:
        """Each record that was read, with its task."""
        return ((task, poll) for task in self.tasks for poll in task.records)

    @property
    def successes(self) -> Iterator[tuple[TaskHistory, Exchange]]:
        return (pair for pair in self.records if pair[1].state == protocol.SUCCEEDED)

    @cached_property
    def style(self) -> str:
        """`documented` when refusals are real statuses, `observed` when they are HTTP 200.

        Told, or else what the majority of refusals does; where none has a code that can be
        read, statuses alone tell. To be asked when the run is over.
        """
        if self.profile != "auto":
            return self.profile
        votes = Counter(_votes(self.exchanges)) or Counter(_statuses(self.expecting(Expect.REFUSE)))
        return "documented" if votes["documented"] > votes["observed"] else "observed"

    @property
    def speaking(self) -> list[Exchange]:
        """Exchanges whose answer is the gateway's own word.

        Not a redirect, nor what a web server says to a method that is not there.
        """
        return [
            each
            for each in self.answered
            if each.intent.subject is not Subject.METHOD and not each.redirected
        ]

    def expecting(self, expect: Expect, *subjects: Subject) -> list[Exchange]:
        """Answered exchanges of one intent; every subject when none is named.

        A redirect neither accepts nor refuses.
        """
        return [
            each
            for each in self.answered
            if each.intent.expect is expect
            and (not subjects or each.intent.subject in subjects)
            and not each.redirected
        ]


def _votes(exchanges: Iterable[Exchange]) -> Iterator[str]:
    for exchange in exchanges:
        verdict = exchange.verdict
        if exchange.intent.subject is Subject.METHOD or verdict.code in (None, protocol.Code.OK):
            continue
        if verdict.status == protocol.Code.OK:
            yield "observed"
        elif verdict.status == verdict.code:
            yield "documented"


def _statuses(refused: Iterable[Exchange]) -> Iterator[str]:
    for exchange in refused:
        if exchange.intent.subject is not Subject.METHOD and exchange.verdict.status < 500:
            yield "documented" if exchange.verdict.status >= 400 else "observed"


def refuses_key(exchanges: Sequence[Exchange]) -> bool:
    """Whether the key has opened nothing so far, or at least makes no task.

    Without a key recordInfo may say of any task that there is none, as it rightly does with one.
    """
    asked = [
        each
        for each in exchanges
        if each.request.credential is Credential.KEY and not each.by_proxy
    ]
    creates = [each for each in asked if each.request.path == protocol.CREATE_PATH]
    telling = creates[:1] or asked
    return bool(telling) and {each.verdict.effective for each in telling} == {
        protocol.Code.UNAUTHORIZED
    }


def operation_name(path: str) -> str:
    return {protocol.CREATE_PATH: "createTask", protocol.DETAILS_PATH: "recordInfo"}.get(path, path)
