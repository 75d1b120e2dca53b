"""What a ledger hands out: rows, and the jobs that an earlier process left."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from sqlalchemy import Text
from sqlalchemy import cast as sql_cast

from ..core.job_state import JobState
from ..core.request import Request
from ..core.task import Task
from .schema import UNANSWERED, RowState, creates

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..core.session import Session
    from ..literals import Model


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
    fields_json: str
    urls_json: str
    paths_json: str

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
            "success" if ended else "waiting",
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


@dataclass(frozen=True, slots=True)
class OpenJob:
    """A request with creates that nobody has brought to their end."""

    rows: tuple[Row, ...]
    """Those of its creates that stand in the ledger."""

    @property
    def key(self) -> str:
        return self.rows[0].key

    @property
    def gateway(self) -> str:
        return self.rows[0].gateway

    @property
    def tag(self) -> str | None:
        return self.rows[0].tag

    @property
    def task_ids(self) -> tuple[str, ...]:
        """Paid for, in order."""
        return tuple(row.task_id for row in self.rows if row.task_id is not None)

    @property
    def uncertain(self) -> tuple[Row, ...]:
        """Creates of which nobody can say whether they made a task."""
        return tuple(row for row in self.rows if row.uncertain)

    @property
    def request(self) -> Request:
        """As good as the one that was asked for: its model and fields."""
        first = self.rows[0]
        return Request(tag=self.tag, model=cast("Model", first.model), fields=first.fields)

    def state(self, session: Session, index: int) -> JobState:
        """Its tasks, to be waited for; nothing is created."""
        first = self.rows[0]
        state = JobState(session.new_id(), index, first.key, tag=first.tag, model=first.model)
        take_up(state, self.rows, session.clock())
        return state


def take_up(state: JobState, rows: Sequence[Row], now: float) -> None:
    """Enter the tasks that stand in the rows; those that have ended are not asked for again."""
    for row in rows:
        if (task := row.task) is not None:
            state.take_up(row.number, row.seed, task, now)
