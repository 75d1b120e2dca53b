"""What every event says. The events themselves are in `imagen4.events`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Event:
    """What every event says: which request, job, gateway and, where it is known, task."""

    gateway: str
    job_id: str
    """Of the job that the request became; ours, no gateway knows it."""
    index: int
    """The request's place among those of `generate_many`, from 0; else 0."""
    tag: str | None
    """What the caller wrote on the `Request`."""
    elapsed: float
    """Seconds since the call began."""
    task_id: str | None

    stoppable: ClassVar[bool] = False
    """Whether what a listener raises stops what is about to be done."""
