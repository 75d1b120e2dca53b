"""Watching one HTTP exchange from below httpx: whether it began, and that it ends in time.

httpx's read time-out counts from one piece of an answer to the next, so a server that sends
a byte now and then holds an exchange as long as it likes. And an exception's class does not
prove that nothing was sent: an injected client's hooks may raise any. What shows both is
httpcore's documented `trace` extension, which tells of each step of a request.
"""

from __future__ import annotations

from contextvars import ContextVar
from functools import partial
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any
from weakref import ref

import httpcore
import httpx

from .by_eye import LARGEST_ANSWER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Self
    from weakref import ReferenceType

# Raised by httpx before the first byte of a request is written, so nothing can have been
# accepted; unless somebody else raised it, which is why `began` is asked, too.
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
CONNECT_TIMEOUT = 10.0  # seconds
BEGUN = "send_request_headers.started"
CONNECTED = ("connect_tcp.complete", "start_tls.complete")
# What came while the loop, or the process, was not running lies in the socket when the time is
# over: so many turns of the loop, or reads, are for that. Where nothing lies they take no time.
LAST_LOOKS = 50
_INSTANT = 0.001  # seconds
TOO_SLOW = "The answer came too slowly"
# A connection outlives its first exchange, and nothing tells which one the next uses. But each
# reads in its own thread or asyncio task. A weak reference, since every timer keeps a copy of the
# context, and asyncio keeps thousands of those that were cancelled.
exchange_here: ContextVar[ReferenceType[SentAndHeard] | None] = ContextVar("exchange", default=None)


class SentAndHeard:
    """Whether a byte of the request may have left, and which ones came, in `patience` seconds.

    leave_in: seconds in which the request must have begun to leave; then only its answer counts.
    watched: whether every step shows in the trace, as it does for connections of our own.
    listening: whether the bytes that come are to be kept.
    """

    def __init__(
        self,
        patience: float,
        leave_in: float | None = None,
        *,
        watched: bool = False,
        listening: bool = False,
    ) -> None:
        self.began = False
        self.heard = bytearray()
        """What came over the connection since the request began, headers included."""
        self.watched = watched
        self._listening = listening
        self._patience = patience
        self._leave_in = None if leave_in is None else min(leave_in, CONNECT_TIMEOUT)

    def note_begun(self, info: Mapping[str, Any]) -> None:
        """Headers are about to leave: the request's own, or those of one to a proxy before it."""
        if info["request"].method != b"CONNECT":
            self.began = True
            self.heard.clear()  # of what a proxy said before

    def hear(self, data: bytes) -> None:
        if self._listening and len(self.heard) <= LARGEST_ANSWER:
            self.heard += data

    @property
    def nothing_left(self) -> bool:
        return self.watched and not self.began

    def may_have_left(self, problem: Exception) -> bool:
        return not (self.nothing_left or (isinstance(problem, NEVER_LEFT) and not self.began))


class ExchangeDeadline(SentAndHeard):
    """A sync exchange. Pass `observe` as "trace" extension."""

    longest_read = inf
    """Seconds after which a read that brought nothing looks at `left` again."""
    _until = inf
    _looks = LAST_LOOKS

    def __enter__(self) -> Self:
        exchange_here.set(ref(self))
        self._until = monotonic() + (self._patience if self._leave_in is None else self._leave_in)
        return self

    def __exit__(self, *exception: object) -> None:
        exchange_here.set(None)

    def observe(self, event: str, info: Mapping[str, Any]) -> None:
        """A step is under way; an injected client that shows one shows them all."""
        self.watched = True
        step = event.partition(".")[2]
        if step == BEGUN:
            self.note_begun(info)
            if self.began and self._leave_in is not None:
                self.extend(self._patience)
        elif step in CONNECTED:
            bound_reads(info["return_value"])

    def extend(self, seconds: float) -> None:
        """From now on the rest of the exchange has so much time."""
        self._until = monotonic() + seconds

    def left(self) -> float:
        """Seconds for the next read, hardly any when they are over; then raises ReadTimeout."""
        left = self._until - monotonic()
        if left > 0:
            return left
        self._looks -= 1
        if self._looks < 0:
            raise httpx.ReadTimeout(TOO_SLOW)
        return _INSTANT


def bound_reads(stream: Any) -> None:
    """Let every read of a new connection be heard by the exchange for which it is made, and end
    with it. Other uses of the connection are left alone.
    """
    read, start_tls = stream.read, stream.start_tls

    def bounded(max_bytes: int, timeout: float | None = None) -> bytes:
        return noted(patiently(partial(read, max_bytes), timeout))

    def bounded_tls(
        ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> Any:
        try:
            limit = cut_to_exchange(timeout)
        except BaseException:  # httpcore has no name for the connection yet
            stream.close()
            raise
        return start_tls(ssl_context, server_hostname, limit)

    stream.read, stream.start_tls, stream.imagen4_heard = bounded, bounded_tls, True


def current_exchange() -> SentAndHeard | None:
    """The one that this thread, or asyncio task, is at."""
    found = exchange_here.get()
    return None if found is None else found()


def cut_to_exchange(timeout: float | None) -> float | None:
    """A time-out, cut to what is left of this thread's exchange. Raises ReadTimeout."""
    exchange = current_exchange()
    left = exchange.left() if isinstance(exchange, ExchangeDeadline) else inf
    return left if left < (inf if timeout is None else timeout) else timeout


def patiently(read: Callable[[float | None], bytes], timeout: float | None) -> bytes:
    """Read, in as many goes as this thread's exchange wants."""
    longest: float = getattr(current_exchange(), "longest_read", inf)
    while True:
        limit = cut_to_exchange(timeout)
        if limit is None or limit <= longest:
            return read(limit)
        try:
            return read(longest)
        except httpcore.ReadTimeout:
            timeout = None if timeout is None else max(timeout - longest, 0.001)


def noted(data: bytes) -> bytes:
    if exchange := current_exchange():
        exchange.hear(data)
    return data


def reject_early_bytes(response: httpx.Response, heard: bytearray) -> None:
    """Refuse an answer that was there before its request. Raises RemoteProtocolError.

    Bytes left over from the answer before, by a server or proxy that is out of step, would be
    taken for this answer: with it, the id of somebody else's task. httpcore looks for them on
    the socket only, not among those that it has read already. HTTP/2 numbers its answers.
    """
    stream = response.extensions.get("network_stream")
    if response.http_version != "HTTP/2" and hasattr(stream, "imagen4_heard") and not heard:
        raise httpx.RemoteProtocolError("The answer was there before its request")
