"""The proxy and the certificates that the environment names, held to what can be used.

Desktops and container runtimes set these variables by themselves. httpx raises what comes of
them as it is: InvalidURL, ValueError, ImportError, or a FileNotFoundError without a name.
"""

from __future__ import annotations

import os
import re
import ssl
from functools import cache
from importlib.util import find_spec
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from ..core.redaction import one_line
from ..errors import InvalidRequest

PROXIES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
KEY_LOG = ("SSLKEYLOGFILE",)


def tls_for(url: str) -> ssl.SSLContext:
    """What TLS to a URL goes by. Plain http has none, so that no certificates are read for it."""
    plain = urlsplit(url).scheme == "http"
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else tls()


@cache
def tls() -> ssl.SSLContext:
    """Read the certificates once: it takes longer than a picture from nearby.

    Raises InvalidRequest where SSL_CERT_FILE is no file of certificates, or SSLKEYLOGFILE none
    that can be written.
    """
    try:
        return httpx.create_ssl_context()
    except OSError as problem:  # of which ssl.SSLError is one
        logged = problem.filename is not None  # Python names no file of certificates
        name, value = setting(KEY_LOG if logged else CERTIFICATES)
        use = "cannot be written" if logged else "holds no certificates"
        reason = problem.strerror or str(problem)
        raise InvalidRequest(one_line(f"{name}={value} {use}: {reason}")) from None


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
    proxy = re.sub("(?i)^socks://", "socks5://", proxy if "://" in proxy else f"http://{proxy}")
    name, value = setting(PROXIES)
    shown = f"{name}=" + re.sub("(?is)^([a-z0-9]+://)?.*@", r"\1", value)  # without credentials
    try:
        url = httpx.Proxy(proxy).url
        usable = url.host and 0 <= (url.port or 0) <= 65535
    except (httpx.InvalidURL, ValueError):
        usable = False
    if not usable:
        raise InvalidRequest(one_line(f"{shown} is no proxy, such as http://host:8080"))
    if url.scheme.startswith("socks") and find_spec("socksio") is None:
        raise InvalidRequest(one_line(f"{shown} needs socksio: pip install 'httpx[socks]'"))
    return proxy


def setting(variables: tuple[str, ...]) -> tuple[str, str]:
    """The first of the variables that is set; its name and its value."""
    name = next(filter(os.environ.get, variables), "the system's setting")
    return name, os.environ.get(name, "")
