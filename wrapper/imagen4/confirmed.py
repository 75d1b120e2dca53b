"""A task that the gateway was asked about because of a callback."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .core.task import Task

if TYPE_CHECKING:
    from .async_result import AsyncResult
    from .result import Result

ResultT = TypeVar("ResultT", "Result", "AsyncResult")


@dataclass(frozen=True, slots=True, repr=False)
class ConfirmedTask(Task, Generic[ResultT]):
    """A task as the gateway has it, with its pictures. A pickled one is a plain `Task`."""

    result: ResultT = field(kw_only=True, compare=False)
    """What can be saved without asking the gateway again; empty unless the task succeeded."""

    def __reduce__(self) -> tuple[type[Task], tuple[Any, ...]]:
        return Task, values_of(self)


def values_of(task: Task) -> tuple[Any, ...]:
    """What makes the same task again."""
    return tuple(getattr(task, each.name) for each in fields(Task))
