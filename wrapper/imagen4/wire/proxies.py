"""The proxy and the certificates that the environment names, held to what can be used.

Desktops and container runtimes set these variables by themselves. httpx raises what comes of
them as it is: InvalidURL, ValueError, ImportError, or a FileNotFoundError without a name.
"""

from __future__ import annotations

import os
import re
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from ..core.redaction import one_line
from ..errors import InvalidRequest

if TYPE_CHECKING:
    import ssl

PROXIES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


@cache
def tls() -> ssl.SSLContext:
    """Read the certificates once: it takes longer than a picture from nearby.

    Raises InvalidRequest where SSL_CERT_FILE is no file of certificates.
    """
    try:
        return httpx.create_ssl_context()
    except OSError as problem:  # of which ssl.SSLError is one
        name, value = setting(CERTIFICATES)
        reason = problem.strerror or str(problem)
        raise InvalidRequest(one_line(f"{name}={value} holds no certificates: {reason}")) from None


def proxy_for(url: str) -> str | None:
    """The proxy's URL, by HTTPS_PROXY, ALL_PROXY and NO_PROXY (in either case); or None.

    Only https may go through one: on plain http a proxy would see the key.
    Raises InvalidRequest for what is no proxy.
    """
    origin = urlsplit(url)
    host = origin.hostname or ""
    # NO_PROXY spells an IPv6 address with brackets or without.
    if origin.scheme != "https" or any(map(proxy_bypass, (host, f"[{host}]"))):
        return None
    named = getproxies()
    proxy = named.get("https") or named.get("all")
    return checked_proxy(proxy) if proxy else None


def checked_proxy(proxy: str) -> str:
    """The proxy's URL, complete. GNOME writes socks:// for what everybody else calls socks5://."""
    proxy = re.sub("^socks://", "socks5://", proxy if "://" in proxy else f"http://{proxy}")
    name, value = setting(PROXIES)
    shown = f"{name}=" + re.sub("^([a-z0-9]+://)?.*@", r"\1", value)  # without credentials
    try:
        url = httpx.Proxy(proxy).url
    except (httpx.InvalidURL, ValueError):
        url = httpx.URL()
    if not url.host or (url.port or 0) > 65535:
        raise InvalidRequest(one_line(f"{shown} is no proxy, such as http://host:8080"))
    if url.scheme.startswith("socks") and find_spec("socksio") is None:
        raise InvalidRequest(one_line(f"{shown} needs socksio: pip install 'httpx[socks]'"))
    return proxy


def setting(variables: tuple[str, ...]) -> tuple[str, str]:
    """The first of the variables that is set; its name and its value."""
    name = next(filter(os.environ.get, variables), "the system's setting")
    return name, os.environ.get(name, "")
