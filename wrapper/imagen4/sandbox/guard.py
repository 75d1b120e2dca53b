"""Keeping other web sites' scripts away from a server on the user's own machine."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

PRIVATE = ("/sandbox/",)
SAFE_METHODS = ("GET", "HEAD")


class BrowserGuard:
    """Refuses what a browser sends on behalf of another site.

    Everywhere, an `Origin` that is not the sandbox's own. On the page and the admin endpoint
    also a `Host` that is a name other than localhost (a site whose name was rebound to this
    machine), and writes that are not declared as JSON (which a form can send unasked).
    """

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...]) -> None:
        self.app, self.hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self.app(scope, receive, send)
        else:
            await PlainTextResponse(refusal, 403)(scope, receive, send)

    def _refusal(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        name = _name(host)
        if name is None:
            return "refused: the host name cannot be read"
        if origin is not None and origin != f"{scope['scheme']}://{host}":
            return "refused: this comes from another origin"
        private = scope["path"] == "/" or scope["path"].startswith(PRIVATE)
        if (private or origin is not None) and not self._is_known(name):
            return "refused: unknown host name"
        return _private_refusal(scope["method"], headers) if private else None

    def _is_known(self, name: str) -> bool:
        """Addresses and localhost cannot be rebound; other names must have been allowed."""
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return name in ("localhost", *self.hosts)
        return True


def _name(host: str) -> str | None:
    """The name or address in a Host header; None where it is none that could be told apart."""
    try:
        parts = urlsplit(f"//{host}")
    except ValueError:
        return None
    return None if "@" in host or parts.netloc != host else parts.hostname or ""


def _private_refusal(method: str, headers: Headers) -> str | None:
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return "refused: this comes from another site"
    if method not in SAFE_METHODS and headers.get("content-type") != "application/json":
        return "refused: Content-Type must be application/json"
    return None
