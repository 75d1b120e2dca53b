"""Which carrier to use: connections belong to the process and event loop that made them.

A forked child that goes on with its parent's connections reads its parent's answers, and with
them the ids of other people's tasks. A second event loop cannot read an answer at all from
connections of the first, so that a create would go out and its task be lost.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..errors import DownloadError, InvalidRequest
from .carriers import CLOSED, Carrier

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Callable

    ConnectionOwner = tuple[int, AbstractEventLoop | None]

ELSEWHERE = (
    "An injected http_client serves one process and one event loop; make another client here"
)
C = TypeVar("C", bound=Carrier[Any, Any])


class Connections(Generic[C]):
    """Carriers of our own, kept for each process and loop; or the injected one, for one.

    make: a carrier of our own. loop: the running event loop, if there is any.
    Several threads may ask at once; a lock could be held by one of them in a fork.
    """

    def __init__(self, make: Callable[[], C], injected: C | None = None) -> None:
        self._make = make
        self._injected = injected
        self._borrower: ConnectionOwner | None = None  # where the injected one is used
        self._free: dict[ConnectionOwner, list[C]] = {}
        self._closed = False

    def take(self, loop: AbstractEventLoop | None = None, *, fresh: bool) -> C:
        """A carrier that nobody else uses; a fresh one has no connection yet.

        Raises InvalidRequest.
        """
        if self._closed:
            raise InvalidRequest(CLOSED)
        owner = (os.getpid(), loop)
        if self._injected is not None:
            self._borrower = self._borrower or owner
            if self._borrower != owner:
                raise InvalidRequest(ELSEWHERE)
            return self._injected
        try:
            return self._make() if fresh else self._of(owner).pop()
        except IndexError:
            return self._make()

    def keep(self, carrier: C, loop: AbstractEventLoop | None = None, *, wanted: bool) -> bool:
        """Keep a carrier for later, unless it is neither wanted nor the only one left.

        False: whoever has it closes it. An injected one is nobody's to close.
        """
        if not carrier.own:
            return True
        if self._closed:
            return False
        free = self._of((os.getpid(), loop))
        if free and not wanted:
            return False
        carrier.kept = True
        free.append(carrier)
        return True

    def lent(self) -> C | None:
        """The injected carrier, also when we are closed; None without. Raises DownloadError.

        In any loop, since a download opens a connection and keeps none; not in another process,
        which might be given one that is open here.
        """
        if self._borrower is not None and self._borrower[0] != os.getpid():
            raise DownloadError(ELSEWHERE)
        return self._injected

    def mark_closed(self, loop: AbstractEventLoop | None = None) -> list[C]:
        """The carriers to close; from now on there are none. An injected one stays open."""
        self._closed = self._injected is None
        return self._free.pop((os.getpid(), loop), [])

    def _of(self, owner: ConnectionOwner) -> list[C]:
        """Those of one owner. Nothing can be sent in loops that are closed: theirs go."""
        if (free := self._free.get(owner)) is None:
            for other in list(self._free):
                if other[1] is not None and other[1].is_closed():
                    self._free.pop(other, None)
            free = self._free.setdefault(owner, [])
        return free
