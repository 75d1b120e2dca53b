"""Sending, for the sync and the async client: the only place where the key is used.

Our own httpx calls rather than the generated clients': those print the token in their repr,
follow their own rules for redirects, and raise ValueError for codes 433 and 455.
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import httpx

from .effects import Answer, Send
from .errors import Imagen4Error, InvalidRequest, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger("imagen4")

LARGEST_ANSWER = 4 * 1024 * 1024
CONNECT_TIMEOUT = 10.0
# Raised before the first byte of a request is written, so nothing can have been accepted.
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class Wire:
    """Turns calls into requests for one origin."""

    def __init__(self, base_url: str, key: str, clock: Callable[[], float]) -> None:
        self._base_url = base_url
        self._clock = clock
        # httpx.Headers hides the value in its repr.
        self._headers = httpx.Headers(
            {
                "Authorization": f"Bearer {key}",
                "Accept": "application/json",
                "Accept-Encoding": "gzip, deflate",
                "Content-Type": "application/json",
                "User-Agent": "imagen4",
            }
        )

    def request(self, send: Send) -> httpx.Request:
        """Complete by itself: nothing of an injected client's defaults is merged in."""
        call, patience = send.call, send.timeout
        query = f"?{urlencode(call.params)}" if call.params else ""
        connect = min(patience, CONNECT_TIMEOUT)
        timeout = {"connect": connect, "read": patience, "write": patience, "pool": patience}
        return httpx.Request(
            call.method,
            f"{self._base_url}{call.path}{query}",
            headers=self._headers,
            content=None if call.json is None else as_json(call.json),
            extensions={"timeout": timeout},
        )

    def intake(self, send: Send, response: httpx.Response) -> Intake:
        return Intake(send, response, self._clock)


class Intake:
    """Collects a response's body, within bounds of size and time."""

    def __init__(self, send: Send, response: httpx.Response, clock: Callable[[], float]) -> None:
        self._send = send
        self._response = response
        self._clock = clock
        self._until = clock() + send.timeout
        self._body = bytearray()

    def add(self, chunk: bytes) -> None:
        self._body += chunk
        if len(self._body) > LARGEST_ANSWER:
            raise TransportError(f"The answer is larger than {LARGEST_ANSWER} bytes")
        if self._clock() > self._until:
            raise TransportError("The answer came too slowly")

    def answer(self) -> Answer:
        answer = Answer(self._response.status_code, self._response.headers, bytes(self._body))
        self._send.answer = answer
        call = self._send.call
        logger.debug("%s %s: HTTP %d", call.method, call.path, answer.status)
        return answer


def as_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def transport_error(problem: Exception) -> Imagen4Error:
    """What httpx, or anything below it, raised; without its request, which holds the key."""
    if isinstance(problem, Imagen4Error):
        return problem
    sent = not isinstance(problem, NEVER_LEFT)
    reason = "No complete answer came" if sent else "The gateway could not be reached"
    error = TransportError(f"{reason}: {type(problem).__name__}")
    error.sent = sent
    return error


class SyncWire(Wire):
    """Over an httpx.Client."""

    def __init__(
        self, base_url: str, key: str, clock: Callable[[], float], http: httpx.Client
    ) -> None:
        super().__init__(base_url, key, clock)
        self.http = http

    def send(self, send: Send) -> Answer:
        if self.http.is_closed:
            raise InvalidRequest("The client is closed")
        try:
            return self._exchange(send)
        except Exception as problem:
            raise transport_error(problem) from None

    def _exchange(self, send: Send) -> Answer:
        request = self.request(send)
        response = self.http.send(request, stream=True, auth=None, follow_redirects=False)
        try:
            intake = self.intake(send, response)
            for chunk in response.iter_bytes():
                intake.add(chunk)
            return intake.answer()
        finally:
            response.close()


class AsyncWire(Wire):
    """Over an httpx.AsyncClient; the same, word by word, with `await`."""

    def __init__(
        self, base_url: str, key: str, clock: Callable[[], float], http: httpx.AsyncClient
    ) -> None:
        super().__init__(base_url, key, clock)
        self.http = http

    async def send(self, send: Send) -> Answer:
        if self.http.is_closed:
            raise InvalidRequest("The client is closed")
        try:
            return await self._exchange(send)
        except Exception as problem:
            raise transport_error(problem) from None

    async def _exchange(self, send: Send) -> Answer:
        request = self.request(send)
        response = await self.http.send(request, stream=True, auth=None, follow_redirects=False)
        try:
            intake = self.intake(send, response)
            async for chunk in response.aiter_bytes():
                intake.add(chunk)
            return intake.answer()
        finally:
            await response.aclose()
