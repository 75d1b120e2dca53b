"""What the decisions ask for: they yield effects, and whoever drives them does the I/O.

A decision is a generator (`Steps`). It yields effects, is resumed with the answer of
a `Send`, or has what went wrong thrown in; it also yields the events that it comes to. So
submitting and waiting are written once, and the sync and the async client are loops around
the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from ..errors import TransportError
from .event import Event

if TYPE_CHECKING:
    from .answer import Answer, Call
    from .ports import Bell, Download

T = TypeVar("T")


@dataclass(eq=False, slots=True)
class Send:
    """Send the call. The driver keeps the answer here, too.

    So an answer is not lost when a Ctrl-C falls between its arrival and its reading.
    """

    call: Call
    timeout: float
    """Seconds for everything; for a create's answer once the create is out."""
    answer: Answer | None = None
    partial: Answer | None = None
    """What was read of an answer that broke off."""
    started: bool = False
    """Whether it is its turn to go out; before, nothing can have arrived."""
    began: float | None = None
    """When (monotonic) the exchange began."""
    ended: float | None = None
    """When (monotonic) the exchange was over, however late somebody looks at it."""
    attempt: int = 1
    """The how-manieth this is of a create, or of the polls of a task in one wait."""

    leave_in: float | None = None
    """Of a create: seconds in which it must have left, its connection included."""
    awaited: bool = True
    """Whether somebody still waits for the answer."""

    is_write: bool = field(init=False)
    """Whether it changes something, so that it must not go out twice."""

    def __post_init__(self) -> None:
        self.is_write = self.call.method != "GET"

    @property
    def patience(self) -> float:
        """Seconds for what comes before the request itself."""
        return self.timeout if self.leave_in is None else self.leave_in

    def subtract_wait(self, seconds: float) -> None:
        """Count the wait for a connection. Raises TransportError if it took all the time.

        A create keeps its full time: once it is out, its answer is worth waiting for.
        """
        if seconds >= self.patience:
            raise none_was_free()
        if self.leave_in is not None:
            self.leave_in -= seconds
        elif not self.is_write:
            self.timeout -= seconds


def none_was_free() -> TransportError:
    """The error of a request for which nobody was free to send it."""
    error = TransportError("No connection was free in time")
    error.sent = error.tried = False
    return error


class Sleep(NamedTuple):
    """Let so many seconds pass; less, once a callback rings."""

    seconds: float
    bell: Bell | None = None


class Fetch(NamedTuple):
    """Make one attempt at a download."""

    download: Download


class Consult(NamedTuple):
    """Ask the ledger something."""

    question: Callable[[], object]
    remote: bool
    """Whether the answer may take long."""


Effect = Send | Sleep | Fetch | Consult | Event
Steps = Generator[Effect, Any, T]


class StepRunner(Generic[T]):
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
