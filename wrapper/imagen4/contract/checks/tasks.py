"""Task ids: one for each create, known to recordInfo at once and for good."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ..document import CREATED_ANSWER, NO_TASK_ANSWER
from ..exchange import Exchange, Expect, Subject
from .registry import Found, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..trace import Trace

ID = f"{CREATED_ANSWER}/content/application~1json/schema/allOf/1/properties/data/properties/taskId"


@check("own-id", "Every create gets an id of its own.", ID)
def own_id(trace: Trace) -> Iterator[Found]:
    creates: dict[str, list[Exchange]] = defaultdict(list)
    for exchange in trace.exchanges:
        if task_id := exchange.created_id:
            creates[task_id].append(exchange)
    for task_id, exchanges in creates.items():
        for again in exchanges[1:]:
            yield again, f"{task_id!r} is the id of an earlier create, too (send it twice)"


@check(
    "known-at-once",
    "A created task is known to Get Task Details at once.",
    f"{CREATED_ANSWER}/links",
)
def known_at_once(trace: Trace) -> Iterator[Found]:
    """wire: the first poll within 20 ms found the task in 158 of 158 cases."""
    for task in trace.tasks:
        first = next((poll for poll in task.polls if poll.answer), None)
        if first and not first.verdict.accepted:
            yield first, f"the first poll of {task.id!r}: {first.verdict} {first.message!r}"


@check("stays-known", "A task that was found stays found.", f"{CREATED_ANSWER}/links")
def stays_known(trace: Trace) -> Iterator[Found]:
    for task in trace.tasks:
        found = False
        for poll in task.polls:
            if found and poll.answer and not poll.verdict.accepted:
                told = f"{poll.verdict} {poll.message!r}"
                yield poll, f"the record of {task.id!r} was there before; now {told}"
            found = found or poll.verdict.accepted


@check("unknown-task", "A task that does not exist is not found.", NO_TASK_ANSWER)
def unknown_task(trace: Trace) -> Iterator[Found]:
    for exchange in trace.expecting(Expect.REFUSE, Subject.UNKNOWN_TASK):
        if exchange.verdict.accepted:
            yield exchange, f"answered {exchange.verdict}: {exchange.intent.what}"
        elif exchange.data:
            yield exchange, f"refused with a record in data: {exchange.intent.what}"
