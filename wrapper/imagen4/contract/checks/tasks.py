"""Task ids: one for each create, known to recordInfo at once and for good."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ...facts.protocol import Code
from ..document import CREATED_ANSWER, NO_TASK_ANSWER, RECORD_ANSWER
from ..exchange import Exchange, Expect, Subject
from .evidence import POLLED, POLLED_TWICE, Evidence, forbidden
from .registry import Found, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..trace import Trace

ID = f"{CREATED_ANSWER}/content/application~1json/schema/allOf/1/properties/data/properties/taskId"

CREATES = Evidence("fewer than two creates were accepted", lambda trace: _creates(trace)[1:])


def _creates(trace: Trace) -> list[Exchange]:
    return [exchange for exchange in trace.exchanges if exchange.created_id]


@check("own-id", "Every create gets an id of its own.", ID, of=CREATES)
def own_id(trace: Trace) -> Iterator[Found]:
    creates: dict[str, list[Exchange]] = defaultdict(list)
    for exchange in _creates(trace):
        creates[exchange.created_id].append(exchange)
    for task_id, exchanges in creates.items():
        for again in exchanges[1:]:
            yield again, f"{task_id!r} is the id of an earlier create, too (send it twice)"


@check(
    "known-at-once",
    "A created task is known to Get Task Details at once.",
    f"{CREATED_ANSWER}/links",
    of=POLLED,
)
def known_at_once(trace: Trace) -> Iterator[Found]:
    """wire: the first poll within 20 ms found the task in 158 of 158 cases."""
    for task in trace.tasks:
        told = (poll for poll in task.polls if poll.verdict.accepted or poll.not_found)
        first = next(told, None)
        if first and first.not_found:
            yield first, f"the first poll of {task.id!r}: {first.told}"


@check(
    "stays-known", "A task that was found stays found.", f"{CREATED_ANSWER}/links", of=POLLED_TWICE
)
def stays_known(trace: Trace) -> Iterator[Found]:
    for task in trace.tasks:
        found = False
        for poll in task.polls:
            if found and poll.not_found:
                yield poll, f"the record of {task.id!r} was there before; now {poll.told}"
            found = found or poll.verdict.accepted


@check("reads", "The record of a task that exists can be read.", RECORD_ANSWER, of=POLLED)
def reads(trace: Trace) -> Iterator[Found]:
    """A failure says nothing of the task. Of keys and redirects, other checks speak."""
    polls = [poll for task in trace.tasks for poll in task.polls]
    failed = [poll for poll in polls if _has_failed(poll)]
    for poll in failed:
        share = f"{len(failed)} of {len(polls)} polls"
        yield poll, f"{poll.told}, in {share}"


def _has_failed(poll: Exchange) -> bool:
    of_others = poll.not_found or poll.redirected
    return poll.verdict.refused and poll.verdict.effective != Code.UNAUTHORIZED and not of_others


@check(
    "unknown-task",
    "A task that does not exist is not found.",
    NO_TASK_ANSWER,
    of=forbidden("no unknown task was asked for", Subject.UNKNOWN_TASK),
)
def unknown_task(trace: Trace) -> Iterator[Found]:
    for exchange in trace.expecting(Expect.REFUSE, Subject.UNKNOWN_TASK):
        if exchange.verdict.accepted:
            yield exchange, f"answered {exchange.verdict}: {exchange.intent.what}"
        elif exchange.data:
            yield exchange, f"refused with a record in data: {exchange.intent.what}"
