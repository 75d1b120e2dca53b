"""Sending, for the sync and the async client: the only place where the key is used.

Our own httpx calls rather than the generated clients': those print the token in their repr,
follow their own rules for redirects, and raise ValueError for codes 433 and 455.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

import httpx

from ..core.batch import logger
from ..core.effects import Answer, Send
from ..core.redaction import redacted
from ..errors import Imagen4Error, InvalidRequest, TransportError
from .exchange import AsyncExchange, Exchange, async_exchange

if TYPE_CHECKING:
    import ssl

    from ..core.settings import Settings
    from ..downloads.transfer import Transfer

LARGEST_ANSWER = 4 * 1024 * 1024
# Requests on the way at a time. httpx's pool takes quadratic time over those that wait in it
# (minutes for 2,000), so they wait here.
AT_ONCE = 50
LIMITS = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
SHORTEST_KEY = 8  # a shorter one, in somebody's test, could be part of a field's name
CONNECT_TIMEOUT = 10.0
DOWNLOAD_TIMEOUT = httpx.Timeout(30.0, connect=CONNECT_TIMEOUT)
LONGEST_HEADERS = 30.0  # seconds; the body of a picture has a limit of its own
# Raised by httpx before the first byte of a request is written, so nothing can have been
# accepted; unless somebody else raised it, which is why `Exchange.began` is asked, too.
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


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
                "User-Agent": "imagen4",
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


class Intake:
    """Collects an answer, within bounds of size and time, and leaves it with its `Send`."""

    def __init__(self, settings: Settings, send: Send, response: httpx.Response) -> None:
        self._clock = settings.clock
        self._key = settings.key
        self._until = settings.clock() + send.timeout
        self._send = send
        self._response = response
        self._body = bytearray()

    def add(self, chunk: bytes) -> None:
        self._body += chunk
        if len(self._body) > LARGEST_ANSWER:
            raise TransportError(f"The answer is larger than {LARGEST_ANSWER} bytes")
        if self._clock() > self._until:
            raise TransportError("The answer came too slowly")

    def refusal(self) -> Answer:
        """The answer as far as it was read by whoever did not let it pass."""
        with suppress(httpx.ResponseNotRead):
            self.add(self._response.content)
        return self.answer()

    def answer(self) -> Answer:
        body = bytes(self._body)
        if len(self._key) >= SHORTEST_KEY:  # an answer that repeats it is not passed on as it is
            body = redacted(body.decode("latin-1"), (self._key,)).encode("latin-1")
        answer = Answer(self._response.status_code, self._response.headers, body)
        self._send.answer = answer
        call = self._send.call
        logger.debug("%s %s: HTTP %d", call.method, call.path, answer.status)
        return answer


class SyncWire(Wire):
    """Over httpx.Client: the injected one for the gateway, its own ones for pictures."""

    def __init__(self, settings: Settings, http: httpx.Client) -> None:
        super().__init__(settings)
        self._http = http

    def send(self, send: Send) -> Answer:
        check_open(self._http)
        send.started = True
        with Exchange(send.timeout) as exchange:
            try:
                return self._sent(send, exchange)
            except Exception as problem:
                raise transport_error(problem, exchange) from None

    def _sent(self, send: Send, exchange: Exchange) -> Answer:
        request = self.request(send, exchange.observe)
        try:
            response = self._http.send(request, stream=True, auth=None, follow_redirects=False)
        except httpx.HTTPStatusError as problem:
            return Intake(self._settings, send, refused(problem, request)).refusal()
        try:
            intake = Intake(self._settings, send, response)
            for chunk in response.iter_bytes():
                intake.add(chunk)
            return intake.answer()
        finally:
            response.close()

    def fetch(self, transfer: Transfer) -> None:
        with (
            Exchange(LONGEST_HEADERS) as exchange,
            httpx.Client(verify=tls(), timeout=DOWNLOAD_TIMEOUT, trust_env=transfer.secure) as http,
            http.stream("GET", transfer.url, **request_of(transfer, exchange)) as response,
        ):
            exchange.unbind()
            if transfer.opened(response.status_code, response.headers):
                for chunk in response.iter_raw():
                    transfer.received(chunk)
                transfer.finished()


class AsyncWire(Wire):
    """The same over httpx.AsyncClient."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        super().__init__(settings)
        self._http = http
        # One for each event loop: a client may be used in several, one after the other.
        self._turns: WeakKeyDictionary[object, asyncio.Semaphore] = WeakKeyDictionary()

    async def send(self, send: Send) -> Answer:
        turn = self._turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
        async with turn:
            check_open(self._http)
            send.started = True
            return await self._exchanged(send)

    async def _exchanged(self, send: Send) -> Answer:
        exchange = None
        try:
            async with async_exchange(send.timeout) as exchange:
                return await self._sent(send, exchange)
        except Exception as problem:
            raise transport_error(problem, exchange) from None

    async def _sent(self, send: Send, exchange: AsyncExchange) -> Answer:
        request = self.request(send, exchange.observe)
        try:
            response = await self._http.send(
                request, stream=True, auth=None, follow_redirects=False
            )
        except httpx.HTTPStatusError as problem:
            return Intake(self._settings, send, refused(problem, request)).refusal()
        try:
            intake = Intake(self._settings, send, response)
            async for chunk in response.aiter_bytes():
                intake.add(chunk)
            return intake.answer()
        finally:
            await response.aclose()

    async def fetch(self, transfer: Transfer) -> None:
        async with (
            async_exchange(LONGEST_HEADERS) as exchange,
            httpx.AsyncClient(
                verify=tls(), timeout=DOWNLOAD_TIMEOUT, trust_env=transfer.secure
            ) as http,
            http.stream("GET", transfer.url, **request_of(transfer, exchange)) as response,
        ):
            exchange.unbind()
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


def check_open(http: httpx.Client | httpx.AsyncClient) -> None:
    if http.is_closed:
        raise InvalidRequest("The client is closed")


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
