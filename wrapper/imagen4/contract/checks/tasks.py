"""Task ids: one for each create, known to recordInfo at once and for good."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ..document import CREATED_ANSWER, NO_TASK_ANSWER
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
        first = next((poll for poll in task.polls if poll.answer), None)
        if first and not first.verdict.accepted:
            yield first, f"the first poll of {task.id!r}: {first.verdict} {first.message!r}"


@check(
    "stays-known", "A task that was found stays found.", f"{CREATED_ANSWER}/links", of=POLLED_TWICE
)
def stays_known(trace: Trace) -> Iterator[Found]:
    for task in trace.tasks:
        found = False
        for poll in task.polls:
            if found and poll.answer and not poll.verdict.accepted:
                told = f"{poll.verdict} {poll.message!r}"
                yield poll, f"the record of {task.id!r} was there before; now {told}"
            found = found or poll.verdict.accepted


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
