"""Where requests may go: the key to its own origin, downloads to where links may lead."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from ..errors import InvalidRequest

# Stricter than URLs are, so that no two parsers can disagree about the host.
_BASE_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[(?P<address>[0-9A-Fa-f:.]+)\]|[A-Za-z0-9.-]+)"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?:/[A-Za-z0-9._~/-]*)?"
)
_LINK = re.compile(r"(https?://[^\s\\/?#\x00-\x20\x7f]+)((?:[/?#].*)?)", re.IGNORECASE | re.DOTALL)
_LEGAL = "!#$%&'()*+,/:;=?@[]~"  # in a link, besides letters, digits and `_.-`


def checked_base_url(url: str, *, allow_http: bool, name: str = "base_url") -> str:
    """The base URL without a trailing slash; refused if the key could leak on its way there."""
    match = _BASE_URL.fullmatch(url) if isinstance(url, str) else None
    if match is None or not may_be_bracketed(match["address"]):
        raise InvalidRequest(f"{name} must be like https://host[:port][/path], nothing more")
    if not 0 < int(match["port"] or 1) < 65536:  # a socket takes 99999 for 34463
        raise InvalidRequest(f"{name} names no port: they end at 65535")
    if match["scheme"] == "http" and not (allow_http or is_loopback(match["host"])):
        raise InvalidRequest(
            f"{name} is plain http, which would show the key to the network; "
            "allow_http=True allows it"
        )
    return url.rstrip("/")


def may_be_bracketed(address: str | None) -> bool:
    """Whether what an URL has in brackets is an IPv6 address; None, where it has none, will do."""
    try:
        return address is None or ip_address(address).version == 6
    except ValueError:
        return False


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine: localhost by name, or a loopback address."""
    if host is None or host.lower() == "localhost":
        return host is not None
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def link_as_sent(link: str) -> str | None:
    """The link with what may not stand in an URL percent-encoded; None if it leads nowhere.

    `javascript:`, `file:` and `data:` lead nowhere, as does what lacks a host.
    """
    match = _LINK.fullmatch(link.strip())
    if match is None:
        return None
    sent = match[1] + quote(match[2], _LEGAL, errors="surrogatepass")
    try:
        parts = urlsplit(sent)
        host = (parts.hostname or "") if parts.port != 0 else ""
    except ValueError:
        return None
    lengths = set(map(len, host.removesuffix(".").split(".")))
    return sent if min(lengths) > 0 and max(lengths) < 64 else None


def may_download(sent: str, *, allow_http: bool, from_loopback: bool) -> bool:
    """Whether a picture may be fetched from a link as sent: https, or http where that is allowed.

    from_loopback: the gateway is on this machine, so its pictures may be, too. The links of any
    other, and the redirects of any host, could ask this machine's own services for something.
    """
    parts = urlsplit(sent)
    return parts.scheme == "https" or allow_http or (from_loopback and is_loopback(parts.hostname))


def checked_key(key: str | None, variable: str, name: str = "The API key") -> str:
    """The key, fit for a header. The error never shows it, but calls it by that name."""
    if key is not None and not isinstance(key, str):
        raise InvalidRequest(f"{name} must be a str")
    key = bare(key or "")
    if not key:
        raise InvalidRequest(f"No API key: {variable} is not set, and no other was given")
    if not re.fullmatch(r"[!-~]+", key):
        raise InvalidRequest(f"{name} must consist of printable ASCII without spaces")
    return key


def bare(key: str) -> str:
    """A key without what files leave around it: a byte order mark, spaces, line ends, quotes.

    `docker run --env-file`, say, takes quotes for a part of the value.
    """
    key = key.strip().strip("\ufeff").strip()
    quoted = len(key) > 1 and key[0] == key[-1] and key[0] in "\"'"
    return key[1:-1].strip() if quoted else key
