"""What the decisions ask for: they yield effects, and whoever drives them does the I/O.

A decision is a generator (`Steps`). It yields effects, is resumed with the answer of
a `Send`, or has what went wrong thrown in. So submitting and waiting are
written once, and the sync and the async client are loops around the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..errors import TransportError

if TYPE_CHECKING:
    from ..downloads.transfer import Transfer
    from ..errors import Imagen4Error
    from .task import Task

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """One request to the gateway, without origin and without key."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    json: Any = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, as it came. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Send:
    """Send the call; `timeout` in seconds. The driver keeps the answer here, too.

    So an answer is not lost when a Ctrl-C falls between its arrival and its reading.
    started: whether it is its turn to go out; before, nothing can have arrived.
    ended: when (monotonic) the exchange was over, however late somebody looks at it.
    """

    call: Call
    timeout: float
    answer: Answer | None = None
    started: bool = False
    ended: float | None = None

    def waited(self, seconds: float) -> None:
        """Count the wait for a connection. Raises TransportError if it took all the time.

        A create keeps its full time: once it is out, its answer is worth waiting for.
        """
        if seconds >= self.timeout:
            raise not_sent("No connection was free in time")
        if self.call.method == "GET":
            self.timeout -= seconds


def not_sent(reason: str) -> TransportError:
    """The error of a request of which no byte left."""
    error = TransportError(reason)
    error.sent = False
    return error


@dataclass(frozen=True, slots=True)
class Sleep:
    """Let so many seconds pass."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Update:
    """One thing learned while a job runs; what `on_update` gets and `updates()` yields.

    `state` is "submitted" for a task just created, else the gateway's word for its state,
    or "" when a poll brought no state; then `problem` says why. `elapsed` counts seconds
    since the call began. `task_ids` are all tasks of the job so far.
    """

    task_id: str
    state: str
    elapsed: float
    task_ids: tuple[str, ...] = ()
    task: Task | None = None
    problem: Imagen4Error | None = None


@dataclass(frozen=True, slots=True)
class Fetch:
    """Make one attempt at a download."""

    transfer: Transfer


Effect = Send | Sleep | Update | Fetch
Steps = Generator[Effect, Any, T]


class Course(Generic[T]):
    """Runs steps from one effect to the next and keeps what they return."""

    value: T

    def __init__(self, steps: Steps[T]) -> None:
        self._steps = steps
        self._move: Callable[[], Effect] = partial(next, steps)

    def advance(self) -> Effect | None:
        """The next effect, or None when the steps have returned `value`."""
        try:
            return self._move()
        except StopIteration as end:
            self.value = end.value
            return None

    def reply(self, value: object = None) -> None:
        self._move = partial(self._steps.send, value)

    def fail(self, problem: BaseException) -> None:
        self._move = partial(self._steps.throw, problem)

    def close(self) -> None:
        self._steps.close()
