"""The tasks of one request, and what every decision about them needs to know."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .envelope import decode
from .errors import Imagen4Error
from .pacing import Pacer
from .task import usable_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .effects import Answer, Send
    from .gateways import Adapter
    from .polling import Polling
    from .request import Planned
    from .task import Task

logger = logging.getLogger("imagen4")


@dataclass(slots=True)
class Context:
    """What belongs to a client. `clock` is monotonic, `random` gives [0, 1), `now` is aware.

    timeout: of one HTTP exchange, in seconds. key: only to cut it out of texts.
    """

    adapter: Adapter
    polling: Polling
    timeout: float
    clock: Callable[[], float]
    random: Callable[[], float]
    key: str = field(repr=False)
    creates: Pacer = field(init=False)
    polls: Pacer = field(init=False)

    def __post_init__(self) -> None:
        paced = self.polling.paced
        count, period = self.adapter.creates
        self.creates = Pacer(count, period if paced else 0.0)
        count, period = self.adapter.polls
        # One by one rather than in bursts: polls of many tasks spread out.
        self.polls = Pacer(1, period / count if paced else 0.0)

    @staticmethod
    def now() -> datetime:
        return datetime.now(UTC)


@dataclass(slots=True)
class Batch:
    """One request's tasks, as far as they are known.

    seeds: of each task, where we know it. ended: tasks whose final state was read.
    seen: when (monotonic) each task was last known to exist.
    create: the create that is under way.
    """

    plans: tuple[Planned, ...] = ()
    callback_url: str | None = field(default=None, repr=False)
    words: tuple[str, ...] = field(default=(), repr=False)
    task_ids: list[str] = field(default_factory=list)
    seeds: dict[str, str | None] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)
    ended: dict[str, Task] = field(default_factory=dict)
    create: Send | None = None

    def add(self, task_id: str, seed: str | None, now: float) -> None:
        self.task_ids.append(task_id)
        self.seeds[task_id] = seed
        self.seen[task_id] = now
        self.create = None

    def known_ids(self) -> tuple[str, ...]:
        """All task ids, also one in an answer that arrived but was not read yet."""
        answer = self.create.answer if self.create else None
        found = id_in(answer) if answer else None
        fresh = (found,) if found and found not in self.task_ids else ()
        return (*self.task_ids, *fresh)


def id_in(answer: Answer) -> str | None:
    """An id that an answer names, wherever its code says; possibly that of a paid task."""
    decoded = decode(answer.body)
    data = decoded.get("data") if isinstance(decoded, dict) else None
    names = data if isinstance(data, dict) else {}
    return usable_id(names.get("taskId")) or usable_id(names.get("recordId"))


@contextmanager
def remembered(batch: Batch, gateway: str) -> Iterator[None]:
    """Whatever ends the work on a batch, its task ids are on the error or in the log."""
    try:
        yield
    except Imagen4Error as error:
        error.gateway = error.gateway or gateway
        error.task_ids = error.task_ids or tuple(batch.task_ids)
        raise
    except BaseException as interruption:
        ids = batch.known_ids()
        under_way = batch.create is not None and batch.create.answer is None
        if ids or under_way:
            logger.warning(
                "%s: %s while working on tasks %s%s",
                gateway,
                type(interruption).__name__,
                ", ".join(ids) or "(none known)",
                "; a create was under way and may have been accepted" if under_way else "",
            )
        raise
