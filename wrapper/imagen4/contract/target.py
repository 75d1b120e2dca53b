"""Where the requests go, and whether the key may go there."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from imagen4.contract.credentials import OTHER_GATEWAY

HOSTS = {"kie": "api.kie.ai", "apikley": "api.apikley.ru"}
KEY_VARIABLES = {"kie": "KIE_API_KEY", "apikley": "APIKLEY_API_KEY"}
PRICES = {"kie": "8 credits ($0.04)", "apikley": "a price that apikley does not publish"}
"""doc (kie): imagen4 costs 8 credits a request, a credit $0.005; unknown for apikley."""


class CouldNotRunError(Exception):
    """Nothing can be said about the server; the text is one line that says why."""


@dataclass(frozen=True)
class Target:
    """A server that stands for a gateway, and the key to use there."""

    gateway: str
    base_url: str
    key: str
    guessed: bool = False
    """Nobody gave the key: it is the sandbox's own."""

    @property
    def loopback(self) -> bool:
        return is_loopback(urlsplit(self.base_url).hostname or "")

    @property
    def variable(self) -> str:
        return KEY_VARIABLES[self.gateway]


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, by its literal name: no name is looked up."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def target(gateway: str, base_url: str, given: str | None, environment: dict[str, str]) -> Target:
    """Check the address and find the key; CouldNotRunError says what is wrong.

    A key from the environment goes to the gateway's own host or to loopback; any other
    host gets only a key that was given for it.
    """
    host = _checked_host(gateway, base_url)
    key = (given or "").strip()
    variable = KEY_VARIABLES[gateway]
    if not key:
        if host != HOSTS[gateway] and not is_loopback(host):
            raise CouldNotRunError(
                f"wrong host: {host} is not {HOSTS[gateway]}; give --api-key for another server"
            )
        key = environment.get(variable, "").strip()
    guessed = not key and is_loopback(host)
    if guessed:
        key = f"sandbox-{gateway}-key"
    if not key:
        raise CouldNotRunError(f"no key: give --api-key or set {variable}")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise CouldNotRunError("no key: what was given cannot stand in a header")
    return Target(gateway, base_url.rstrip("/"), key, guessed)


def _checked_host(gateway: str, base_url: str) -> str:
    try:
        parts = urlsplit(base_url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise CouldNotRunError("wrong host: --base-url is not a URL") from None
    if parts.scheme not in ("http", "https") or not host:
        raise CouldNotRunError("wrong host: --base-url has to begin with http:// or https://")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise CouldNotRunError("wrong host: --base-url may hold host, port and path only")
    if host == HOSTS[OTHER_GATEWAY[gateway]]:
        raise CouldNotRunError(f"wrong host: {host} is the other gateway; the key is for {gateway}")
    if host == HOSTS[gateway] and parts.scheme != "https":
        raise CouldNotRunError(f"wrong host: the key for {host} goes over https only")
    return host
