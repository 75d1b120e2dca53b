"""The proxy that the environment names for an origin."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass


def proxy_for(url: str) -> str | None:
    """The proxy's URL, by HTTPS_PROXY, ALL_PROXY and NO_PROXY (in either case); or None.

    Only https may go through one: on plain http a proxy would see the key.
    """
    origin = urlsplit(url)
    if origin.scheme != "https" or proxy_bypass(origin.hostname or ""):
        return None
    named = getproxies()
    proxy = named.get("https") or named.get("all")
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy or None
