"""Telling listeners of events: the client's, the call's, and the log."""

from __future__ import annotations

from contextlib import suppress
from copy import copy
from inspect import iscoroutinefunction
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Protocol

from ..errors import InvalidRequest
from ..logs import log_listener_error

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from ..events import Event, Listener


class FirstListener(Protocol):
    """A listener that is told before all others: a ledger."""

    @property
    def remote(self) -> bool:
        """Whether telling it may take long: it is on a network."""

    def __call__(self, event: Event) -> None:
        """Raises LedgerError."""


class Listeners:
    """Tells whoever wants to know: ledgers, the call's listener, the client's, then the log.

    What one raises stops a create that is about to be sent. Later it is logged only: whatever
    a listener does, nothing that is paid for is lost.
    """

    may_await = False

    def __init__(self, on_event: Listener | None) -> None:
        self._recorders: tuple[Listener, ...] = ()
        self._of_client = self._checked(on_event)
        self._log_event: Listener | None = None

    def recording(self, recorder: Listener) -> Self:
        """The same with a ledger, which is told first: of an answer before all others."""
        if recorder in self._recorders:
            return self
        other = copy(self)
        other._recorders = (*self._recorders, recorder)
        return other

    def teller(self, on_event: Listener | None) -> Callable[[Event], None]:
        """What tells everybody of an event, a call's own listener included."""
        listeners = self._in_order(on_event)

        def tell(event: Event) -> None:
            for listener in listeners:
                try:
                    listener(event)
                except Exception as problem:
                    pass_on(event, problem)

        return tell

    def _in_order(self, on_event: Listener | None) -> tuple[Listener, ...]:
        log_event = self._log_event = self._log_event or load_log()
        return (*self._recorders, *self._checked(on_event), *self._of_client, log_event)

    def _checked(self, on_event: Listener | None) -> tuple[Listener, ...]:
        """Refuses, before anything is sent, what would be found out after the first create."""
        if on_event is None:
            return ()
        if not callable(on_event):
            raise InvalidRequest("on_event must be a function")
        if not self.may_await and iscoroutinefunction(on_event):
            raise InvalidRequest("Client calls on_event and does not await it; AsyncClient does")
        return (on_event,)


def load_log() -> Listener:
    """With the first call: it loads all events, and most of a client's time to start is theirs."""
    from ..event_log import log_event

    return log_event


def pass_on(event: Event, problem: Exception) -> None:
    """What a listener raised: to the create that it stops, else to the log."""
    if event.stoppable:
        raise problem
    log_listener_error(event, problem)


def tell_queued(told: SimpleQueue[Event], tell: Callable[[Event], None]) -> None:
    """Tell of what worker threads left in the queue."""
    with suppress(Empty):
        while True:
            tell(told.get_nowait())
