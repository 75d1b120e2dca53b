"""The proxy and the certificates that the environment names, held to what can be used.

Desktops and container runtimes set these variables by themselves. httpx raises what comes of
them as it is: InvalidURL, ValueError, ImportError, or a FileNotFoundError without a name.
"""

from __future__ import annotations

import os
import re
import ssl
from fnmatch import fnmatchcase
from functools import cache
from importlib.util import find_spec
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit
from urllib.request import getproxies, getproxies_environment, proxy_bypass

import httpx

from ..core.redaction import one_line
from ..errors import InvalidRequest

PROXIES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
KEY_LOG = ("SSLKEYLOGFILE",)
# A scheme, a dot or `*.` before a domain, a name or an address or a network of them, a port.
_EXEMPT = re.compile(r"(?:[a-z]+://)?(?:\*?\.)?(\[.+\]|[^:]+?|.*:.*:.*?)\.?(?::([0-9]+))?/?")
_BETWEEN = r"""[,;|\s"']+"""


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
        named = setting(KEY_LOG if logged else CERTIFICATES)
        use = "cannot be written" if logged else "holds no certificates"
        reason = problem.strerror or str(problem)
        raise InvalidRequest(one_line(f"{named} {use}: {reason}")) from None


def proxy_for(url: str) -> str | None:
    """The proxy's URL, by HTTPS_PROXY, ALL_PROXY and NO_PROXY (in either case); or None.

    Only https may go through one: on plain http a proxy would see the key.
    Raises InvalidRequest for what is no proxy.
    """
    origin = urlsplit(url)
    if origin.scheme != "https" or is_exempt(origin.hostname or "", origin.port or 443):
        return None
    named = getproxies()
    proxy = named.get("https", "").strip() or named.get("all", "").strip()
    return checked_proxy(proxy) if proxy else None


def is_exempt(host: str, port: int) -> bool:
    """Whether NO_PROXY names the host, in any way that curl, Go or httpx would read.

    Domains with their hosts, addresses with brackets or without, networks (10.0.0.0/8), ports,
    `*` for all, and for a part of a name as shells have it. What is none of these is left out.
    Windows and Java part them by semicolons and bars; a file of settings may leave quotes around.
    """
    named = getproxies_environment()
    if not named:
        return bool(proxy_bypass(host))  # what the desktop is set to
    host = as_asked_for(host.removesuffix("."))
    return any(names(entry, host, port) for entry in re.split(_BETWEEN, named.get("no", "")))


def names(entry: str, host: str, port: int) -> bool:
    """Whether one entry of NO_PROXY is about a host."""
    found = _EXEMPT.fullmatch(entry.lower())
    if found is None or found[2] not in (None, str(port)):
        return False
    name = as_asked_for(found[1].strip("[]"))
    try:
        return ip_address(host) in ip_network(name, strict=False)
    except ValueError:
        return fnmatchcase(host, name) or host.endswith(f".{name}")


def as_asked_for(name: str) -> str:
    """A name in any script in the letters in which it is looked up; others as they are."""
    try:
        return name if name.isascii() else httpx.URL(f"https://{name}").raw_host.decode()
    except httpx.InvalidURL:
        return name


def checked_proxy(proxy: str) -> str:
    """The proxy's URL, complete. GNOME writes socks:// for what everybody else calls socks5://."""
    proxy = re.sub("(?i)^socks://", "socks5://", proxy if "://" in proxy else f"http://{proxy}")
    named = setting(PROXIES)
    try:
        url = httpx.Proxy(proxy).url
        usable = url.host and 0 <= (url.port or 0) <= 65535
    except (httpx.InvalidURL, ValueError):
        usable = False
    if not usable:
        raise InvalidRequest(one_line(f"{named} is no proxy, such as http://host:8080"))
    if url.scheme.startswith("socks") and find_spec("socksio") is None:
        raise InvalidRequest(one_line(f"{named} needs socksio: pip install 'httpx[socks]'"))
    return proxy


def had_a_hand(url: str, problem: BaseException) -> str:
    """What of the environment stood between us and that URL, to be told with what broke; or "".

    Who is refused by a forgotten proxy looks at the gateway, and at the own network, in vain.
    """
    if isinstance(problem, ssl.SSLCertVerificationError) and any(map(os.environ.get, CERTIFICATES)):
        return one_line(f", by {setting(CERTIFICATES)}")
    try:
        return one_line(f", through {setting(PROXIES)}") if proxy_for(url) else ""
    except InvalidRequest:  # set since then
        return ""


def setting(variables: tuple[str, ...]) -> str:
    """The first of the variables that says something, with its value, but without credentials."""
    named = list(filter(os.environ.get, variables))
    if not named:
        return "the system's setting"
    name = min(named, key=lambda each: not os.environ[each].strip())  # blanks name no proxy
    value = os.environ[name]
    if variables is PROXIES:
        value = re.sub("(?is)^([a-z0-9]+://)?.*@", r"\1", value)
    return f"{name}={value if value == one_line(value) else repr(value)}"
