"""A finished conversation, and what can be read off it before anything is judged."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from imagen4.contract.credentials import Credential
from imagen4.contract.document import CREATE, RECORD, Document
from imagen4.contract.exchange import Exchange, Expect, Intent, Subject

RUNNING = {"waiting": 0, "queuing": 0, "generating": 1}
"""Waiting and queuing both mean "in a queue"; nothing says which comes first."""
FINAL = {"success": 2, "fail": 2}
RANKS = RUNNING | FINAL


@dataclass(frozen=True)
class Task:
    """A created task, and every answer about it in the order asked."""

    id: str
    created: Exchange
    polls: tuple[Exchange, ...]

    @property
    def records(self) -> list[Exchange]:
        """The polls that were answered with a record."""
        return [poll for poll in self.polls if poll.verdict.accepted and poll.data]

    @property
    def ended(self) -> list[Exchange]:
        return [poll for poll in self.records if state(poll) in FINAL]


def state(poll: Exchange) -> str:
    value = poll.data.get("state")
    return value if isinstance(value, str) else ""


def created_id(exchange: Exchange) -> str:
    """The id in the answer to a create, exactly as it stands there; empty without one."""
    if exchange.request.path != CREATE or not exchange.verdict.accepted:
        return ""
    value = exchange.data.get("taskId")
    usable = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value) if usable and str(value).strip() else ""


@dataclass(frozen=True)
class Trace:
    """Everything that was asked and answered in one run."""

    document: Document
    exchanges: Sequence[Exchange]
    loopback: bool
    profile: str = "auto"
    patient: bool = False
    """Whether tasks were given the time in which every task has to end."""
    skipped: Sequence[tuple[Intent, str]] = ()
    limited: bool = False
    """Whether requests were refused with 429 and sent again; only the last try is here."""

    @cached_property
    def tasks(self) -> list[Task]:
        """Tasks in the order of their creation; an id given twice is one task."""
        created: dict[str, Exchange] = {}
        for exchange in self.exchanges:
            if task_id := created_id(exchange):
                created.setdefault(task_id, exchange)
        polls: dict[str, list[Exchange]] = {task_id: [] for task_id in created}
        for exchange in self.exchanges:
            if exchange.task in polls:
                polls[exchange.task].append(exchange)
        return [Task(task_id, created[task_id], tuple(polls[task_id])) for task_id in created]

    @cached_property
    def style(self) -> str:
        """`documented` when refusals are real statuses, `observed` when they are HTTP 200.

        Told, or else what the majority of refusals does; where none has a code that can be
        read, statuses alone tell.
        """
        if self.profile != "auto":
            return self.profile
        votes = Counter(_votes(self.exchanges)) or Counter(_statuses(self.expecting(Expect.REFUSE)))
        return "documented" if votes["documented"] > votes["observed"] else "observed"

    def answered(self) -> Iterator[Exchange]:
        return (exchange for exchange in self.exchanges if exchange.answer is not None)

    def speaking(self) -> Iterator[Exchange]:
        """Exchanges whose answer is the gateway's own word.

        Not a redirect, nor what a web server says to a method that is not there.
        """
        for exchange in self.answered():
            redirected = 300 <= exchange.verdict.status < 400
            if not redirected and exchange.intent.subject is not Subject.METHOD:
                yield exchange

    def expecting(self, expect: Expect, *subjects: Subject) -> Iterator[Exchange]:
        """Answered exchanges of one intent; every subject when none is named.

        A redirect neither accepts nor refuses.
        """
        for exchange in self.answered():
            intent = exchange.intent
            if 300 <= exchange.verdict.status < 400:
                continue
            if intent.expect is expect and (not subjects or intent.subject in subjects):
                yield exchange


def _votes(exchanges: Sequence[Exchange]) -> Iterator[str]:
    for exchange in exchanges:
        verdict = exchange.verdict
        if exchange.intent.subject is Subject.METHOD or verdict.code in (None, 200):
            continue
        if verdict.status == 200:
            yield "observed"
        elif verdict.status == verdict.code:
            yield "documented"


def _statuses(refused: Iterable[Exchange]) -> Iterator[str]:
    for exchange in refused:
        if exchange.intent.subject is not Subject.METHOD and exchange.verdict.status < 500:
            yield "documented" if exchange.verdict.status >= 400 else "observed"


def refuses_key(exchanges: Sequence[Exchange]) -> bool:
    """Whether the key has opened nothing so far."""
    asked = [each for each in exchanges if each.request.credential is Credential.KEY]
    return all(exchange.verdict.effective == 401 for exchange in asked)


def operation_name(path: str) -> str:
    return {CREATE: "createTask", RECORD: "recordInfo"}.get(path, path)
