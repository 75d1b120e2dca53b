"""Where the requests go, and whether the key may go there."""

from __future__ import annotations

import difflib
import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..facts import GATEWAYS
from ..facts.documents import GENERATED
from ..facts.gateways import ALLOW_HTTP_VARIABLE, BASE_URL_VARIABLE, DEFAULT_MODEL, NO, YES
from ..facts.models import catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..facts import GatewayFacts


OPTION = "--base-url"


class CouldNotRunError(Exception):
    """Nothing can be said about the server; the text is one line that says why."""


@dataclass(frozen=True)
class ServerUnderTest:
    """A server that stands for a gateway, the key to use there, and the model to ask for."""

    gateway: str
    base_url: str
    key: str
    guessed: bool = False
    """Nobody gave the key: it is the sandbox's own."""
    model: str = DEFAULT_MODEL

    @property
    def facts(self) -> GatewayFacts:
        return GATEWAYS[self.gateway]

    @property
    def loopback(self) -> bool:
        return _is_this_machine(urlsplit(self.base_url).hostname or "")

    @property
    def price(self) -> str:
        """What a create costs, in words."""
        price, dollars = self.facts.prices.get(self.model), self.facts.dollars_per_credit
        if price is None:
            return f"a price that {self.gateway} does not publish"
        each = " an image" if price.per == "image" else ""
        in_dollars = f" (${price.credits * dollars:g})" if dollars else ""
        return f"{price.credits:g} credits{each}{in_dollars}"


def _is_this_machine(host: str) -> bool:
    """Whether the host is loopback, by its literal name: no name is looked up."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def find_server(
    gateway: str,
    base_url: str | None,
    given: str | None,
    environment: Mapping[str, str],
    model: str = DEFAULT_MODEL,
    *,
    allow_http: bool = False,
) -> ServerUnderTest:
    """Find address and key, and check them and the model; CouldNotRunError says what is wrong.

    What is not given is read from the environment, in the variables that the client reads.
    Nothing there either is an error, never the gateway where pictures are paid.

    A key from the environment goes to the gateway's own host or to loopback; any other
    host gets only a key that was given for it.
    """
    facts = GATEWAYS[gateway]
    _must_be_vendored(gateway, model)
    name, base_url = (
        _url_of_environment(facts, environment) if base_url is None else (OPTION, base_url)
    )
    host = _checked_host(facts, base_url, name)
    here, may_be_plain = _is_this_machine(host), allow_http or _plain_http_allowed(environment)
    if base_url.startswith("http:") and not (may_be_plain or here):
        raise CouldNotRunError(
            f"wrong host: plain http shows the key to the network of {host}, unless --allow-http"
        )
    key = (given or "").strip() or _key_of_environment(facts, host, environment)
    guessed = not key and here
    key = _checked_key(facts, f"sandbox-{gateway}-key" if guessed else key)
    return ServerUnderTest(gateway, base_url.rstrip("/"), key, guessed, model)


def _key_of_environment(facts: GatewayFacts, host: str, environment: Mapping[str, str]) -> str:
    if host != facts.host and not _is_this_machine(host):
        raise CouldNotRunError(
            f"wrong host: a key from the environment is for {facts.host} or this machine; "
            f"give --api-key for {host}"
        )
    return environment.get(facts.key_variable, "").strip()


def _checked_key(facts: GatewayFacts, key: str) -> str:
    if not key:
        raise CouldNotRunError(f"no key: give --api-key or set {facts.key_variable}")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise CouldNotRunError("no key: what was given cannot stand in a header")
    return key


def model_names(gateway: str) -> list[str]:
    """The names of the models whose pages are vendored."""
    return list(catalogue(f"{GENERATED}.{gateway}"))


def _must_be_vendored(gateway: str, model: str) -> None:
    known = model_names(gateway)
    if model not in known:
        near = difflib.get_close_matches(model, known, 3, cutoff=0.4) or known
        raise CouldNotRunError(
            f"no page of {model[:60]!r} is vendored for {gateway}; there is {', '.join(near)}"
        )


def _url_of_environment(facts: GatewayFacts, environment: Mapping[str, str]) -> tuple[str, str]:
    """The variable that says where the server is, and what it says."""
    names = facts.base_url_variable, BASE_URL_VARIABLE
    for name in names:
        if name in environment:
            return name, environment[name]
    raise CouldNotRunError(f"wrong host: no server; give {OPTION} or set {' or '.join(names)}")


def _plain_http_allowed(environment: Mapping[str, str]) -> bool:
    said = environment.get(ALLOW_HTTP_VARIABLE, "").strip().lower()
    if said not in (*YES, *NO):
        raise CouldNotRunError(f"wrong host: {ALLOW_HTTP_VARIABLE} must be 1 or 0")
    return said in YES


def _checked_host(facts: GatewayFacts, base_url: str, name: str) -> str:
    try:
        parts = urlsplit(base_url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise CouldNotRunError(f"wrong host: {name} is not a URL") from None
    if port == 0:
        raise CouldNotRunError(f"wrong host: {name} names no port")
    if parts.scheme not in ("http", "https") or not host:
        raise CouldNotRunError(f"wrong host: {name} has to begin with http:// or https://")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise CouldNotRunError(f"wrong host: {name} may hold host, port and path only")
    if host in {each.host for each in GATEWAYS.values() if each is not facts}:
        raise CouldNotRunError(
            f"wrong host: {host} is another gateway; the key is for {facts.name}"
        )
    if host == facts.host and parts.scheme != "https":
        raise CouldNotRunError(f"wrong host: the key for {host} goes over https only")
    return host
