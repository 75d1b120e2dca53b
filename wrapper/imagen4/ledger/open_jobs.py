"""The jobs that an earlier process left, read a page at a time: there may be 100,000 of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast, overload

from sqlalchemy import bindparam, exists, or_, select, tuple_

from ..core.job_state import JobState
from ..core.request import Request
from .rows import COLUMNS, as_rows
from .schema import OPEN, creates, is_one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement

    from ..core.session import Session
    from ..literals import Model
    from .rows import Row
    from .store import Store

PAGE = 100
REQUEST = (creates.c.base_url, creates.c.gateway, creates.c.key)
earlier = creates.alias()
# One row stands for each request: the first of its creates that are open.
FIRSTS = (
    select(creates.c.id)
    .where(
        is_one_of(OPEN),
        or_(
            creates.c.total == 1,
            ~exists().where(
                earlier.c.base_url == creates.c.base_url,
                earlier.c.gateway == creates.c.gateway,
                earlier.c.key == creates.c.key,
                earlier.c.number < creates.c.number,
                is_one_of(OPEN, earlier),
            ),
        ),
    )
    .order_by(creates.c.id)
)
THEIRS = select(*REQUEST).where(creates.c.id.in_(bindparam("firsts", expanding=True)))
THEIR_ROWS = select(*COLUMNS).where(tuple_(*REQUEST).in_(THEIRS)).order_by(creates.c.id)


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
    def place(self) -> tuple[str, str]:
        """The gateway, and where it is."""
        return self.rows[0].place

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


class JobsLeft(Sequence[OpenJob]):
    """Those that are open now, the oldest first; what became of them, as it is when looked at."""

    def __init__(self, store: Store, *where: ColumnElement[bool]) -> None:
        self._store = store
        with store.reading() as connection:
            self._firsts = connection.execute(FIRSTS.where(*where)).scalars().all()

    def __len__(self) -> int:
        return len(self._firsts)

    def __repr__(self) -> str:
        return f"<{len(self)} open jobs>"

    def __iter__(self) -> Iterator[OpenJob]:
        for start in range(0, len(self), PAGE):
            yield from self._read(self._firsts[start : start + PAGE])

    @overload
    def __getitem__(self, place: int) -> OpenJob: ...
    @overload
    def __getitem__(self, place: slice) -> list[OpenJob]: ...
    def __getitem__(self, place: int | slice) -> OpenJob | list[OpenJob]:
        if isinstance(place, slice):
            return self._read(self._firsts[place])
        return self._read([self._firsts[place]])[0]

    def _read(self, firsts: Sequence[int]) -> list[OpenJob]:
        jobs: dict[tuple[str, str, str], list[Row]] = {}
        with self._store.reading() as connection:
            for row in as_rows(connection.execute(THEIR_ROWS, {"firsts": firsts})):
                jobs.setdefault((row.base_url, row.gateway, row.key), []).append(row)
        return [OpenJob(tuple(rows)) for rows in jobs.values()]


def take_up(state: JobState, rows: Sequence[Row], now: float) -> None:
    """Enter the tasks that stand in the rows; those that have ended are not asked for again."""
    for row in rows:
        if (task := row.task) is not None:
            state.take_up(row.number, row.seed, task, now)
