"""Which httpx client to use: connections belong to the process and event loop that made them.

A forked child that goes on with its parent's connections reads its parent's answers, and with
them the ids of other people's tasks. A second event loop cannot read an answer at all from
connections of the first, so that a create would go out and its task be lost.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Generic, TypeVar

from ..errors import InvalidRequest

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Callable

    ConnectionOwner = tuple[int, AbstractEventLoop | None]

H = TypeVar("H")


class Connections(Generic[H]):
    """httpx clients of our own, one for each process and loop; or the injected one, for one.

    make: a client of our own. loop: the running event loop, if there is any.
    Several threads may ask at once; a lock could be held by one of them in a fork.
    """

    def __init__(self, make: Callable[[], H], injected: H | None = None) -> None:
        self._make = make
        self._injected = injected
        self._spare = [make()] if injected is None else []  # without any connection yet
        self._used: dict[ConnectionOwner, H] = {}
        self._closed = False

    def current(self, loop: AbstractEventLoop | None = None) -> H:
        """The client to use in this process and loop. Raises InvalidRequest."""
        if self._closed:
            raise InvalidRequest("The client is closed")
        owner = (os.getpid(), loop)
        return self._used.get(owner) or self._first_of(owner)

    def mark_closed(self, loop: AbstractEventLoop | None = None) -> list[H]:
        """The clients to close; from now on there are none. An injected one stays open."""
        if self._injected is not None:
            return []
        self._closed = True
        used = self._used.get((os.getpid(), loop))
        return [*self._spare, *([] if used is None else [used])]

    def abandon(self, http: H) -> None:
        """Never use this client of ours again, and do not even close it.

        A Ctrl-C may have fallen between taking and letting go of its pool's lock, on which
        the next request, or `close()`, would wait for ever.
        """
        if http is self._injected:
            return
        for owner, used in list(self._used.items()):
            if used is http:
                self._used.pop(owner, None)

    def _first_of(self, owner: ConnectionOwner) -> H:
        if self._injected is not None:
            return self._lend(self._injected, owner)
        self._forget_closed_loops()
        try:
            made = self._spare.pop()
        except IndexError:
            made = self._make()
        used = self._used.setdefault(owner, made)
        if used is not made:  # another thread was quicker
            self._spare.append(made)
        return used

    def _lend(self, injected: H, owner: ConnectionOwner) -> H:
        if not self._used:
            self._used[owner] = injected
        if owner not in self._used:
            raise InvalidRequest(
                "An injected http_client serves one process and one event loop; "
                "make another client here"
            )
        return injected

    def _forget_closed_loops(self) -> None:
        """Nothing can be sent there any more; their sockets close as they are forgotten."""
        for owner in list(self._used):
            if owner[1] is not None and owner[1].is_closed():
                self._used.pop(owner, None)
