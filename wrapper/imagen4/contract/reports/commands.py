"""The exchange that shows a finding best, and what to paste into a shell to see the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...facts.protocol import CREATE_PATH, STATE, TASK_ID
from ..cases.judge import GENERATED
from ..curl import curl
from ..exchange import Exchange, simplicity
from ..trace import RUNNING

if TYPE_CHECKING:
    from ..server import ServerUnderTest

TASK = "TASK"
FIND_ID = f"""sed -E 's/.*"{TASK_ID}" *: *"?([^",}}]*).*/\\1/'"""
RUNS = f"""grep -qE '"{STATE}" *: *"({"|".join(RUNNING)})"'"""


def rank(exchange: Exchange, created: Exchange | None) -> tuple[bool | int, ...]:
    """Orders what shows the same: first what curl can repeat, then the paid operation.

    After that a case with a name, the fewest fields, the shortest body; for a record, those of
    `created`, the create of its task.
    """
    asked = created or exchange
    return (
        exchange.keep_alive,
        exchange.request.path != CREATE_PATH,
        asked.intent.what.startswith(GENERATED),
        *simplicity(asked.request),
        exchange.number,
    )


def commands(
    exchange: Exchange, created: Exchange | None, server: ServerUnderTest
) -> tuple[str, ...]:
    """To be pasted in this order; a record is that of a new task, once it has ended if need be."""
    where = server.base_url, server.facts.key_variable
    if created is None:
        return (curl(exchange.request, *where),)
    create = f"{TASK}=$({curl(created.request, *where)} | {FIND_ID})"
    read = curl(exchange.request, *where, TASK)
    if not exchange.state or exchange.state in RUNNING:
        return create, read
    return create, f"while {read} | {RUNS}; do sleep 1; done", read
