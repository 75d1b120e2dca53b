"""Other tasks: whoever asks for one is told of no other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...facts.protocol import TASK_ID
from ..document import TASK_ID_PARAMETER
from .registry import Found, check
from .tasks import CREATES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..exchange import Exchange
    from ..trace import TaskHistory, Trace

TOKEN = re.compile(rb"[A-Za-z0-9_-]{16,}")
"""What can be nothing but an id where it equals one: shorter ones may be counted up."""


@check("no-others", "An answer names no task but its own.", TASK_ID_PARAMETER, of=CREATES)
def no_others(trace: Trace) -> Iterator[Found]:
    """In `data`, in any field that the document does not have, in words, or in a header."""
    tasks = {task.id.encode(): task for task in trace.tasks}
    tasks = {name: task for name, task in tasks.items() if TOKEN.fullmatch(name)}
    for exchange in trace.speaking:
        named = tasks.keys() & _tokens(exchange) - _own(exchange)
        others = [name.decode() for name in named if not _may_share(trace, exchange, tasks[name])]
        if others:
            more = f" and {len(others) - 1} more" if len(others) > 1 else ""
            yield exchange, f"it names {min(others)!r}{more}: {exchange.intent.what}"


def _tokens(exchange: Exchange) -> set[bytes]:
    if exchange.answer is None:
        return set()
    headers = "\n".join(value for _, value in exchange.answer.headers).encode()
    return {*TOKEN.findall(exchange.answer.content), *TOKEN.findall(headers)}


def _own(exchange: Exchange) -> set[bytes]:
    """What was asked for, and what the answer says it is about: `same-task` holds them together."""
    asked = [*dict(exchange.request.query).values(), exchange.task_id, exchange.created_id]
    return {each.encode() for each in (*asked, str(exchange.data.get(TASK_ID)))}


def _may_share(trace: Trace, exchange: Exchange, other: TaskHistory) -> bool:
    """The same request again may have the same picture, at an address with the first one's id."""
    task = next((each for each in trace.tasks if each.id == exchange.task_id), None)
    return task is not None and task.created.request.body == other.created.request.body
