"""What a ledger hands out of a create."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Text
from sqlalchemy import cast as sql_cast

from ..core.task import Task
from ..facts.protocol import SUCCEEDED, WAITING
from .schema import UNANSWERED, RowState, creates

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import CursorResult


class Row(NamedTuple):
    """One create.

    A plain tuple, whose JSON is read where it is asked for: a ledger may have 100,000 of them.
    """

    id: int
    base_url: str
    key: str
    number: int
    """Which of its request's creates it is, from 1."""
    total: int
    gateway: str
    model: str
    pictures: int
    tag: str | None
    batch: str
    state: str
    """One of `RowState`; `sending` is uncertain unless somebody is at work on it."""
    attempt: int
    task_id: str | None
    seed: str | None
    estimate: float | None
    """Credits by the price list; None where that is not known."""
    charged: float | None
    """Credits as the gateway told them."""
    reason: str | None
    """Why it was refused, is uncertain or has failed."""
    started: str
    """When it was last sent: UTC, ISO 8601."""
    balance_before: float | None
    """Credits of the account just before it was sent, where nothing else was in flight."""
    balance_after: float | None
    """The same once it was uncertain."""
    account: str | None
    """By whose key it was sent, where there are several: the name of a variable, never the key."""
    fields_json: str
    urls_json: str
    paths_json: str
    passed_over_json: str | None

    def __repr__(self) -> str:
        return f"<Row {self.id} {self.key} {self.number}/{self.total} {self.state} {self.task_id}>"

    @property
    def fields(self) -> Mapping[str, Any]:
        """What was sent as `input`, the prompt included."""
        found: dict[str, Any] = json.loads(self.fields_json)
        return found

    @property
    def urls(self) -> Sequence[str]:
        """The pictures' links."""
        found: list[str] = json.loads(self.urls_json)
        return found

    @property
    def paths(self) -> Mapping[str, str]:
        """Where the picture of each link is."""
        found: dict[str, str] = json.loads(self.paths_json)
        return found

    @property
    def evidence(self) -> str:
        """What the balance says of a create that is uncertain. It proves nothing."""
        before, after, price = self.balance_before, self.balance_after, self.estimate
        if before is None:
            return "no balance: other requests were in flight, or it was not told"
        if after is None:
            return f"balance {before:g} before it, not known since: see `imagen4 credits`"
        spent = round(before - after, 2)
        words = "the price of one create: probably created"
        if spent == 0:
            words = "nothing was charged: probably not created"
        elif spent != price:
            words = f"not the price of one create ({'unknown' if price is None else f'{price:g}'})"
        return f"balance {before:g} → {after:g}: {words}"

    @property
    def passed_over(self) -> Mapping[str, str]:
        """Which gateways of the client did not serve its request, and why."""
        found: dict[str, str] = json.loads(self.passed_over_json or "{}")
        return found

    @property
    def place(self) -> tuple[str, str]:
        """The gateway, and where it is."""
        return self.gateway, self.base_url

    def counts_for(self, places: Mapping[str, str]) -> bool:
        """Whether it is about the same request as that of a client with gateways at these places.

        The same gateway elsewhere, such as a sandbox, is another one's; a gateway that the client
        does not have may be anywhere.
        """
        return places.get(self.gateway, self.base_url) == self.base_url

    @property
    def uncertain(self) -> bool:
        """Whether nobody can say if there is a task."""
        return self.state in UNANSWERED

    @property
    def task(self) -> Task | None:
        """The task as far as it is known; None where there is none for certain."""
        if self.task_id is None:
            return None
        ended = self.state in (RowState.SUCCEEDED, RowState.SAVED)
        return Task(
            self.task_id,
            SUCCEEDED if ended else WAITING,
            self.gateway,
            self.model,
            urls=tuple(self.urls),
            seed=self.seed,
            credits=self.charged,
        )


# The columns of a Row, in its order.
COLUMNS = [
    creates.c[name]
    if name in creates.c
    else sql_cast(creates.c[name.removesuffix("_json")], Text).label(name)
    for name in Row._fields
]


def as_rows(found: CursorResult[Any]) -> list[Row]:
    """Off the database's own cursor: SQLAlchemy would make rows of its own, 100,000 times."""
    cursor: Any = found.cursor
    return list(map(Row._make, cursor))


# The worst comes first: a request is as far as its slowest create.
ORDER = (
    RowState.UNCERTAIN,
    RowState.FAILED,
    RowState.REFUSED,
    RowState.CREATED,
    RowState.SUCCEEDED,
)


def state_of_request(rows: Sequence[Row], total: int) -> str:
    """One word for a request of so many creates, of which these stand in the ledger."""
    states = {RowState.UNCERTAIN if row.uncertain else RowState(row.state) for row in rows}
    for state in ORDER:
        if state in states:
            return state
    return RowState.SAVED if len(rows) == total else RowState.PLANNED
