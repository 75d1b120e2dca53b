"""A task as the gateway describes it, by polling or by callback."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ..facts.protocol import FAILED, RUNNING_STATES, SUCCEEDED

if TYPE_CHECKING:
    from datetime import datetime, timedelta

State: TypeAlias = Literal["waiting", "queuing", "generating", "success", "fail"]


@dataclass(frozen=True, slots=True)
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
    raw: Any = field(default=None, repr=False, compare=False)
    """The decoded answer; not part of the repr, since it holds the prompt."""

    @property
    def running(self) -> bool:
        return self.state in RUNNING_STATES

    @property
    def succeeded(self) -> bool:
        return self.state == SUCCEEDED

    @property
    def failed(self) -> bool:
        return self.state == FAILED
