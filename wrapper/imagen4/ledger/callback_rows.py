"""A callback finds the row of its create, by the token that only the gateway was told."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from ..core.callback_token import token_in
from .schema import SENDABLE, UNANSWERED, RowState, creates

if TYPE_CHECKING:
    from ..core.task import Task
    from .store import Store

MARKED = select(creates.c.id, creates.c.token, creates.c.state, creates.c.task_id).where(
    creates.c.token == bindparam("digest"), creates.c.gateway == bindparam("gateway")
)
NAMED = select(creates.c.id).where(creates.c.task_id == bindparam("task"))
FOUND = update(creates).where(creates.c.id == bindparam("of"))


def digest_of(token: str | None) -> str | None:
    """What is kept of a token: who reads the ledger can make no callback."""
    return token and hashlib.sha256(token.encode()).hexdigest()


def attach(store: Store, task: Task, url: str | bytes | None) -> int | None:
    """Enter the task in the row that has the URL's token; the row's number, None for no such row.

    Also in one that was refused, or is said to have made none: there is a task after all. What
    state the task is in is not taken from a callback: nobody has signed that.
    """
    digest = digest_of(token_in(url))
    if digest is None:
        return None
    with store.writing() as connection:
        row = connection.execute(MARKED, {"digest": digest, "gateway": task.gateway}).first()
        if row is None or not hmac.compare_digest(row.token, digest):
            return None
        if row.task_id is not None or row.state not in (*UNANSWERED, *SENDABLE):
            return row.id if row.task_id == task.task_id else None
        if connection.execute(NAMED, {"task": task.task_id}).first():
            return None
        created = {"state": RowState.CREATED, "task_id": task.task_id, "reason": None}
        connection.execute(FOUND, {**created, "of": row.id})
        return int(row.id)
