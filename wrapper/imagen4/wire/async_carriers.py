"""What carries one request of the async client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import httpx

from ..errors import InvalidRequest
from .carriers import CLOSED, ONE, Carrier
from .proxies import proxy_for, tls_for

AsyncCarrier: TypeAlias = Carrier[Awaitable[httpx.Response], Awaitable[None]]


def async_carriers(base_url: str) -> Callable[[], AsyncCarrier]:
    proxy, context = proxy_for(base_url), tls_for(base_url)

    def make() -> AsyncCarrier:
        http = httpx.AsyncHTTPTransport(verify=context, limits=ONE, proxy=proxy)
        send = http.handle_async_request
        return Carrier(send, send, http.aclose)

    return make


def lent_async(http: httpx.AsyncClient) -> AsyncCarrier:
    """An injected client, used as `lent_sync` uses one."""

    async def send(request: httpx.Request) -> httpx.Response:
        if http.is_closed:
            raise InvalidRequest(CLOSED)
        return await http.send(request, stream=True, auth=None, follow_redirects=False)

    async def fetch(request: httpx.Request) -> httpx.Response:
        return await http._transport_for_url(request.url).handle_async_request(request)

    async def close() -> None:
        """It belongs to the caller."""

    return Carrier(send, fetch, close, own=False)
