"""What a listener is told: one class for each thing that happens.

    Event
    ├── CreateStarting    a create is about to be sent; a listener that raises here stops it
    ├── TaskCreated       the gateway has accepted it: this is paid for
    ├── CreateRefused     certainly no task
    ├── CreateUncertain   nobody can say whether there is a task
    ├── BalanceSeen       what the account had before and after that
    ├── TaskState         a poll brought a task's state
    ├── PollFailed        a poll brought none; the task goes on
    ├── Retrying          something is tried again, after a pause
    ├── PictureSaved      a picture is on the disk
    ├── PictureNotSaved   it is not; the gateway has it for about a day
    ├── GatewayPassedOver a gateway did not serve the request, and nothing was paid there
    └── RequestEnded      a request has its result, or its error

`on_event` of a client and of each call is such a listener. Whatever it raises later than at
CreateStarting is logged, and loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from .core.event import Event as Event

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from .core.task import Task
    from .errors import DownloadError, Imagen4Error, PassedOver, SubmissionUncertain


Listener: TypeAlias = Callable[[Event], object]
"""Takes each event; with `AsyncClient` it may be a coroutine function."""


@dataclass(frozen=True, slots=True)
class CreateStarting(Event):
    """A create is about to be sent: no byte of it has left yet, and nothing is paid."""

    stoppable: ClassVar[bool] = True

    number: int
    """Which of the request's creates this is, from 1."""
    total: int
    attempt: int
    """From 1; a further one only where the one before certainly made no task."""
    model: str
    pictures: int
    """How many this create asks for."""
    key: str
    """By what a ledger finds the request again."""
    fields: Mapping[str, Any] = field(repr=False)
    """What is sent as `input`, the prompt included."""
    seed: str | None
    callback_token: str | None = field(repr=False)
    """What its callback's URL carries so that a ledger finds this create by it."""
    balance: float | None
    """In credits, just before; asked for with a ledger, where nothing else was in flight."""
    keys_elsewhere: tuple[str, ...] = ()
    """By what it is found at the client's other gateways, which must not have it."""
    passed_over: tuple[PassedOver, ...] = ()
    """Which of them did not serve it, and why."""


@dataclass(frozen=True, slots=True)
class TaskCreated(Event):
    """The gateway has accepted a create: the task is paid for."""

    task_ids: tuple[str, ...]
    """All tasks of the request so far."""


@dataclass(frozen=True, slots=True)
class CreateRefused(Event):
    """A create certainly made no task: it was refused, never left, or a listener stopped it."""

    error: Exception


@dataclass(frozen=True, slots=True)
class CreateUncertain(Event):
    """A create was sent, and nobody can say whether it was accepted. It is not repeated.

    `task_id` is an id that the answer held all the same.
    """

    error: SubmissionUncertain


@dataclass(frozen=True, slots=True)
class BalanceSeen(Event):
    """The balance around a create that is uncertain, which was all that could change it."""

    before: float
    after: float


@dataclass(frozen=True, slots=True)
class TaskState(Event):
    """A poll brought a task's state, also a final one."""

    task: Task
    error: Imagen4Error | None
    """What is wrong with the task: it failed, or is in a state that no document knows."""


@dataclass(frozen=True, slots=True)
class PollFailed(Event):
    """A poll brought no state, which says nothing about the task."""

    error: Imagen4Error


@dataclass(frozen=True, slots=True)
class Retrying(Event):
    """Something is tried again after a pause."""

    what: Literal["create", "download"]
    pause: float
    """Seconds."""
    reason: str


@dataclass(frozen=True, slots=True)
class PictureSaved(Event):
    """A picture is on the disk."""

    path: Path
    url: str
    """The one that the task has for it."""
    content_type: str
    """By its content, say "image/png"."""
    misnamed: bool
    """Whether it was given the suffix of another kind of picture."""


@dataclass(frozen=True, slots=True)
class PictureNotSaved(Event):
    """A picture could not be fetched or written. The gateway has it for about a day."""

    error: DownloadError


@dataclass(frozen=True, slots=True)
class GatewayPassedOver(Event):
    """A gateway does not serve the request; one of the others is tried."""

    passed: PassedOver


@dataclass(frozen=True, slots=True)
class RequestEnded(Event):
    """A request has ended: with pictures if `error` is None."""

    task_ids: tuple[str, ...]
    """The request's tasks, in order."""
    error: Imagen4Error | None
    missing: int = 0
    """Pictures that were asked and paid for, and did not come with a success."""
