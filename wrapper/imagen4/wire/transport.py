"""Sending, for the sync and the async client: the only place where the key is used.

Our own httpx calls rather than the generated clients': those print the token in their repr,
follow their own rules for redirects, and raise ValueError for codes 433 and 455.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

import httpx

from .._version import USER_AGENT
from ..core.effects import Answer, Send, not_sent
from ..errors import Imagen4Error, InvalidRequest, TransportError
from .exchange import AsyncExchange, Exchange, async_exchange, check_new, mark_end
from .intake import Intake

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

    from ..core.settings import Settings
    from ..downloads.transfer import Transfer
    from .connections import Connections

# Requests on the way at a time. httpx's pool takes quadratic time over those that wait in it
# (minutes for 2,000), so they wait here.
CONNECTIONS = 50
LIMITS = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
CONNECT_TIMEOUT = 10.0
DOWNLOAD_TIMEOUT = httpx.Timeout(30.0, connect=CONNECT_TIMEOUT)
LONGEST_HEADERS = 30.0  # seconds; the body of a picture has a limit of its own
# Raised by httpx before the first byte of a request is written, so nothing can have been
# accepted; unless somebody else raised it, which is why `Exchange.began` is asked, too.
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
H = TypeVar("H", httpx.Client, httpx.AsyncClient)


class Wire:
    """Turns calls into requests for one origin."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # httpx.Headers hides the key in its repr.
        self._headers = httpx.Headers(
            {
                "Authorization": f"Bearer {settings.key}",
                "Accept": "application/json",
                "Accept-Encoding": "gzip, deflate",
                "Content-Type": "application/json",
                "User-Agent": USER_AGENT,
            }
        )

    def request(self, send: Send, trace: object) -> httpx.Request:
        """Complete by itself: nothing of an injected client's defaults is merged in."""
        call, patience = send.call, send.timeout
        query = f"?{urlencode(call.params)}" if call.params else ""
        connect = min(patience, CONNECT_TIMEOUT)
        timeout = {"connect": connect, "read": patience, "write": patience, "pool": patience}
        return httpx.Request(
            call.method,
            f"{self._settings.base_url}{call.path}{query}",
            headers=self._headers,
            content=None if call.json is None else as_json(call.json),
            extensions={"timeout": timeout, "trace": trace},
        )


class SyncWire(Wire):
    """Over httpx.Client: the injected one for the gateway, its own ones for pictures."""

    def __init__(self, settings: Settings, connections: Connections[httpx.Client]) -> None:
        super().__init__(settings)
        self._connections = connections

    def send(self, send: Send) -> Answer:
        http = open_one(self._connections.here())
        send.started = True
        with Exchange(send.timeout) as exchange:
            try:
                return self._sent(http, send, exchange)
            except Exception as problem:
                raise transport_error(problem, exchange) from None
            except BaseException:
                self._connections.abandon(http)
                raise
            finally:
                send.ended = self._settings.clock()

    def _sent(self, http: httpx.Client, send: Send, exchange: Exchange) -> Answer:
        request = self.request(send, exchange.observe)
        try:
            response = http.send(request, stream=True, auth=None, follow_redirects=False)
        except httpx.HTTPStatusError as problem:
            return Intake(self._settings, send, refused(problem, request)).refusal()
        try:
            check_new(response)
            intake = Intake(self._settings, send, response)
            for chunk in response.iter_bytes():
                intake.add(chunk)
            return intake.answer()
        finally:
            response.close()
            mark_end(response)

    def fetch(self, transfer: Transfer) -> None:
        with (
            Exchange(LONGEST_HEADERS) as exchange,
            httpx.Client(verify=tls(), timeout=DOWNLOAD_TIMEOUT, trust_env=transfer.secure) as http,
            http.stream("GET", transfer.url, **request_of(transfer, exchange)) as response,
        ):
            exchange.extend(transfer.left)
            if transfer.opened(response.status_code, response.headers):
                for chunk in response.iter_raw():
                    transfer.received(chunk)
                transfer.finished()


class AsyncWire(Wire):
    """The same over httpx.AsyncClient."""

    def __init__(self, settings: Settings, connections: Connections[httpx.AsyncClient]) -> None:
        super().__init__(settings)
        self._connections = connections
        self._turns: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}
        # The asyncio tasks that have a create out, with a future for when it is over.
        self.creating: dict[asyncio.Task[Any] | None, asyncio.Future[None]] = {}

    async def creates_answered(self) -> None:
        """Wait for the creates that are out in this loop: their tasks' ids must be read."""
        loop = asyncio.get_running_loop()
        out = [over for over in self.creating.values() if over.get_loop() is loop]
        if out:
            await asyncio.wait(out)

    async def send(self, send: Send) -> Answer:
        loop = asyncio.get_running_loop()
        turn = self._turns.get(loop) or self._turns_of(loop)
        queued = await wait_for_turn(turn, send.timeout)
        try:
            send.waited(queued)
            http = open_one(self._connections.here(loop))
            send.started = True
            with self._counted(send, loop):
                return await self._exchanged(http, send)
        finally:
            turn.release()

    @contextmanager
    def _counted(self, send: Send, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
        if send.call.method == "GET":
            yield
            return
        task, over = asyncio.current_task(), loop.create_future()
        self.creating[task] = over
        try:
            yield
        finally:
            del self.creating[task]
            over.set_result(None)

    def _turns_of(self, loop: asyncio.AbstractEventLoop) -> asyncio.Semaphore:
        """A client may be used in several loops, one after the other: each has its own turns."""
        self._turns = {each: turn for each, turn in self._turns.items() if not each.is_closed()}
        return self._turns.setdefault(loop, asyncio.Semaphore(CONNECTIONS))

    async def _exchanged(self, http: httpx.AsyncClient, send: Send) -> Answer:
        exchange = None
        try:
            async with async_exchange(send.timeout) as exchange:
                return await self._sent(http, send, exchange)
        except Exception as problem:
            raise transport_error(problem, exchange) from None
        finally:
            send.ended = self._settings.clock()

    async def _sent(self, http: httpx.AsyncClient, send: Send, exchange: AsyncExchange) -> Answer:
        request = self.request(send, exchange.observe)
        try:
            response = await http.send(request, stream=True, auth=None, follow_redirects=False)
        except httpx.HTTPStatusError as problem:
            return Intake(self._settings, send, refused(problem, request)).refusal()
        try:
            check_new(response)
            intake = Intake(self._settings, send, response)
            async for chunk in response.aiter_bytes():
                intake.add(chunk)
            return intake.answer()
        finally:
            await response.aclose()
            mark_end(response)

    async def fetch(self, transfer: Transfer) -> None:
        async with (
            async_exchange(LONGEST_HEADERS) as exchange,
            httpx.AsyncClient(
                verify=tls(), timeout=DOWNLOAD_TIMEOUT, trust_env=transfer.secure
            ) as http,
            http.stream("GET", transfer.url, **request_of(transfer, exchange)) as response,
        ):
            exchange.extend(transfer.left)
            if transfer.opened(response.status_code, response.headers):
                async for chunk in response.aiter_raw():
                    transfer.received(chunk)
                transfer.finished()


def refused(problem: httpx.HTTPStatusError, request: httpx.Request) -> httpx.Response:
    """The answer to our request, for which an injected client's hook called raise_for_status().

    A hook may also send requests of its own, whose answers say nothing about ours.
    """
    if problem.response.request is not request:
        raise problem
    return problem.response


def request_of(transfer: Transfer, exchange: Exchange | AsyncExchange) -> dict[str, Any]:
    return {"headers": transfer.headers(), "extensions": {"trace": exchange.observe}}


def as_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


@cache
def tls() -> ssl.SSLContext:
    """Read the certificates once: it takes longer than a picture from nearby."""
    return httpx.create_ssl_context()


async def wait_for_turn(turn: asyncio.Semaphore, patience: float) -> float:
    """Take one of the turns, and say how many seconds that took."""
    if not turn.locked():
        await turn.acquire()  # at once
        return 0.0
    clock = asyncio.get_running_loop().time
    before = clock()
    try:
        async with asyncio.timeout(patience):
            await turn.acquire()
    except TimeoutError:
        raise not_sent("No connection was free in time") from None
    return clock() - before


def open_one(http: H) -> H:
    if http.is_closed:
        raise InvalidRequest("The client is closed")
    return http


def transport_error(problem: Exception, exchange: Exchange | AsyncExchange | None) -> Imagen4Error:
    """What httpx, or anything below it, raised; without its request, which holds the key."""
    if isinstance(problem, Imagen4Error):
        return problem
    began = exchange is not None and exchange.began
    sent = began or not isinstance(problem, NEVER_LEFT)
    reason = "No complete answer came" if sent else "The gateway could not be reached"
    error = TransportError(f"{reason}: {type(problem).__name__}")
    error.sent = sent
    return error
