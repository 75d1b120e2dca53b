"""Fetch a page: https only, the same host throughout, bounded in size and time."""

import time
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

import httpx

from imagen4._version import __version__
from pages.errors import FILE, PageError
from pages.source import MOST_BYTES

_REDIRECTS = 5
_SECONDS = 30.0
_HEADERS = {
    "User-Agent": f"imagen4-docs-check/{__version__}",
    "Accept": "text/markdown, text/html;q=0.8, */*;q=0.5",
}


def fetch(
    url: str,
    *,
    transport: httpx.BaseTransport | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> bytes:
    """The bytes behind an https URL. No credentials, cookies or proxies' secrets are sent.

    Raises PageError for anything but a plain answer from the same host, within
    30 seconds and the size limit of a page.
    """
    deadline = clock() + _SECONDS
    host = _host(url)
    # trust_env=False: no .netrc, no credentials from the environment.
    with httpx.Client(
        transport=transport, timeout=10.0, trust_env=False, headers=_HEADERS
    ) as client:
        for _ in range(_REDIRECTS + 1):
            answer = _get(client, url, deadline, clock)
            if isinstance(answer, bytes):
                return answer
            url = urljoin(url, answer)
            if _host(url) != host:
                raise PageError(f"redirected from {host} to another host", FILE)
            client.cookies.clear()
    raise PageError(f"more than {_REDIRECTS} redirects", FILE)


def addresses(url: str) -> list[str]:
    """Where a page can be: as Markdown first (Mintlify, Apidog), then as HTML."""
    bare = url.removesuffix(".md")
    return [f"{bare}.md", bare]


def _host(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise PageError(f"{url[:100]} is not an https address", FILE)
    if parts.username or parts.password:
        raise PageError("an address with credentials in it is not fetched", FILE)
    return f"{parts.hostname}:{parts.port or 443}"


def _get(
    client: httpx.Client, url: str, deadline: float, clock: Callable[[], float]
) -> bytes | str:
    """The body of an answer, or where it redirects to."""
    try:
        with client.stream("GET", url) as response:
            if response.is_redirect:
                return str(response.headers.get("location", ""))
            if response.status_code != httpx.codes.OK:
                raise PageError(f"{url} answered with HTTP status {response.status_code}", FILE)
            return _body(response, deadline, clock)
    except httpx.HTTPError as error:
        raise PageError(f"{url} cannot be fetched: {error or type(error).__name__}", FILE) from None


def _body(response: httpx.Response, deadline: float, clock: Callable[[], float]) -> bytes:
    data = bytearray()
    for chunk in response.iter_bytes(65536):
        data += chunk
        if len(data) > MOST_BYTES:
            raise PageError(f"the page has more than {MOST_BYTES:,} bytes", FILE)
        if clock() > deadline:
            raise PageError(f"the page took more than {_SECONDS:.0f} seconds", FILE)
    return bytes(data)
