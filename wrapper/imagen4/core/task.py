"""A task as the gateway describes it, by polling or by callback."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ..facts.protocol import FAILED, RUNNING_STATES, SUCCEEDED

if TYPE_CHECKING:
    from datetime import datetime, timedelta

State: TypeAlias = Literal["waiting", "queuing", "generating", "success", "fail"]
_TIMES = ("created", "completed", "updated")


@dataclass(frozen=True, slots=True, repr=False)
class Task:
    """One task. What the gateway did not say, or said unreadably, is None."""

    task_id: str
    state: State | str
    """One of the documented states, or a word that no document knows."""
    gateway: str = ""
    """The name of the gateway that has the task."""
    model: str | None = None
    urls: tuple[str, ...] = ()
    """Where the pictures are, good for about a day (documented); empty until success."""
    unusable_links: int = 0
    """So many results lead nowhere (`javascript:`, `file:`, `data:` …) and are none of `urls`."""
    seed: str | None = None
    """As it was sent, read back from the gateway's copy of the request."""
    fail_code: str | None = None
    fail_message: str | None = None
    progress: float | None = None
    """Per cent."""
    credits: float | None = None
    """What the task cost, where the gateway says so."""
    cost_time: timedelta | None = None
    """How long the gateway worked."""
    created: datetime | None = None
    """Aware (UTC), as the two below."""
    completed: datetime | None = None
    updated: datetime | None = None
    raw: Any = field(default=None, compare=False)
    """The decoded answer; it holds the prompt."""

    def __repr__(self) -> str:
        """One line, without links, which may be signed."""
        about = self.fail_message or self.fail_code
        pictures = number_of_pictures(len(self.urls)) if self.urls else None
        said = ", ".join(each for each in (self.state, pictures, about) if each)
        return f"<{type(self).__name__} {self.gateway} {self.task_id}: {said}>"

    def to_dict(self) -> dict[str, Any]:
        """The task as data for JSON, without `raw`, which holds the prompt.

        {"task_id": str, "state": str, "gateway": str, "model": str | None, "urls": [str],
        "unusable_links": int, "seed": str | None, "fail_code": str | None,
        "fail_message": str | None, "progress": per cent | None, "credits": float | None,
        "cost_time": seconds | None, "created": ISO 8601 | None, "completed": ISO 8601 | None,
        "updated": ISO 8601 | None}
        """
        found = {each.name: getattr(self, each.name) for each in fields(Task) if each.name != "raw"}
        times = {name: found[name] and found[name].isoformat() for name in _TIMES}
        seconds = None if self.cost_time is None else self.cost_time.total_seconds()
        return found | times | {"urls": list(self.urls), "cost_time": seconds}

    @property
    def running(self) -> bool:
        return self.state in RUNNING_STATES

    @property
    def succeeded(self) -> bool:
        return self.state == SUCCEEDED

    @property
    def failed(self) -> bool:
        return self.state == FAILED


def number_of_pictures(count: int) -> str:
    """In words."""
    return f"{count} picture{'' if count == 1 else 's'}"
