"""What carries one request: a transport with a connection of its own, or an injected client.

httpx's pool keeps the place of a request that was cancelled before it began, for ever
(encode/httpcore#1093), and after enough of them nothing goes out any more. Where nobody
shares a pool, nothing is left behind: a carrier whose request did not end well is dropped.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

import httpx

from ..errors import InvalidRequest
from .addresses import BoundedBackend
from .proxies import proxy_for, tls_for

if TYPE_CHECKING:
    from collections.abc import Callable

R = TypeVar("R")
N = TypeVar("N")
BACKEND = BoundedBackend()
CLOSED = "The client is closed"
ONE = httpx.Limits(max_connections=1, max_keepalive_connections=1)


@dataclass(eq=False, slots=True)
class Carrier(Generic[R, N]):
    """Sends one request at a time."""

    send: Callable[[httpx.Request], R]
    fetch: Callable[[httpx.Request], R]
    """Sends a request for a picture."""
    close: Callable[[], N]
    own: bool = True
    """False for an injected client, of which we know less, and which is not ours to close."""
    kept: bool = False
    """Whether its connection served before: the server may have closed it meanwhile."""


SyncCarrier: TypeAlias = Carrier[httpx.Response, None]


def sync_carriers(base_url: str) -> Callable[[], SyncCarrier]:
    """What makes carriers to that origin, with the environment's settings as they are now."""
    proxy, context = proxy_for(base_url), tls_for(base_url)

    def make() -> SyncCarrier:
        http = httpx.HTTPTransport(verify=context, limits=ONE, proxy=proxy)
        pool = http._pool  # httpx has no settings for these
        pool._network_backend = BACKEND
        # Nobody shares it, and a Ctrl-C just after taking the lock makes the pool's own
        # cleaning up wait for it for ever.
        pool._optional_thread_lock = nullcontext()  # type: ignore[assignment]
        return Carrier(http.handle_request, http.handle_request, http.close)

    return make


def lent_sync(http: httpx.Client) -> SyncCarrier:
    """An injected client, used as it is, without its credentials and redirects.

    For pictures it lends its way to their host: proxies, certificates, transport. Nothing else,
    since its headers, cookies and auth may hold a key, and its hooks may add one: so those
    requests go to its transport, which has no public name (but the same in httpx 0.27 and 0.28).
    """

    def send(request: httpx.Request) -> httpx.Response:
        if http.is_closed:
            raise InvalidRequest(CLOSED)
        return http.send(request, stream=True, auth=None, follow_redirects=False)

    def fetch(request: httpx.Request) -> httpx.Response:
        return http._transport_for_url(request.url).handle_request(request)

    return Carrier(send, fetch, lambda: None, own=False)
