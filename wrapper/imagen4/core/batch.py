"""The tasks of one request, as far as they are known."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import InvalidRequest
from .envelope import decode
from .task import usable_id

if TYPE_CHECKING:
    from .effects import Answer, Send
    from .request import Planned
    from .task import Task

logger = logging.getLogger("imagen4")


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
    given = (usable_id(names.get(name)) for name in ("taskId", "task_id", "recordId"))
    return next(filter(None, given), None)


def log_interruption(batch: Batch, gateway: str, interruption: BaseException) -> None:
    """Ctrl-C, a cancellation or a caller's own error must not lose the ids of paid tasks."""
    ids = batch.known_ids()
    create = batch.create
    under_way = create is not None and create.started and create.answer is None
    if ids or under_way:
        known = ", ".join(ids) or "(none known)"
        maybe = "; a create was under way and may have been accepted" if under_way else ""
        what = type(interruption).__name__
        logger.warning("%s: %s while working on tasks %s%s", gateway, what, known, maybe)


def taken_up(task_ids: tuple[str, ...]) -> Batch:
    """Tasks created earlier, each of them once."""
    if not task_ids or not all(usable_id(task_id) for task_id in task_ids):
        raise InvalidRequest("job() takes the ids of tasks, one or more")
    return Batch(task_ids=list(dict.fromkeys(task_ids)))
