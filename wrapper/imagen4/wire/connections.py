"""Which httpx client to use: connections belong to the process and event loop that made them.

A forked child that goes on with its parent's connections reads its parent's answers, and with
them the ids of other people's tasks. A second event loop cannot read an answer at all from
connections of the first, so that a create would go out and its task be lost.
"""

from __future__ import annotations

import os
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import WeakKeyDictionary

from ..errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Callable

H = TypeVar("H")


class Connections(Generic[H]):
    """httpx clients of our own, one for each process and loop; or the injected one, for one.

    make: a client of our own. loop: the running event loop, if there is any.
    """

    def __init__(self, make: Callable[[], H], injected: H | None = None) -> None:
        self._make = make
        self._injected = injected
        self._spare: H | None = make() if injected is None else injected
        self._used: WeakKeyDictionary[object, H] = WeakKeyDictionary()
        self._turn = Lock()
        self._process = os.getpid()
        self._inherited: list[object] = []
        self._closed = False

    def here(self, loop: object = None) -> H:
        """The client to use here and now. Raises InvalidRequest."""
        if self._closed:
            raise InvalidRequest("The client is closed")
        if self._process != os.getpid():
            self._leave_to_the_parent()
        place = loop or self
        with self._turn:
            if place not in self._used:
                self._used[place] = self._next()
            return self._used[place]

    def ended(self, loop: object = None) -> list[H]:
        """The clients to close; from now on there are none here. An injected one stays open."""
        if self._injected is not None:
            return []
        self._closed = True
        here = [self._spare, self._used.get(loop or self)] if self._process == os.getpid() else []
        return [http for http in here if http is not None]

    def _leave_to_the_parent(self) -> None:
        """In a forked child: closing what it inherited is not its business."""
        self._inherited += [self._spare, self._used]
        self._process, self._spare, self._used = os.getpid(), None, WeakKeyDictionary()
        self._turn = Lock()  # the parent's may have been held when the child was forked

    def _next(self) -> H:
        spare, self._spare = self._spare, None
        if spare is None and self._injected is not None:
            raise InvalidRequest(
                "An injected http_client serves one process and one event loop; "
                "make another client here"
            )
        return self._make() if spare is None else spare
