"""Where the requests go, and whether the key may go there."""

from __future__ import annotations

import difflib
import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..facts import GATEWAYS
from ..facts.documents import GENERATED
from ..facts.gateways import DEFAULT_MODEL
from ..facts.models import catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..facts import GatewayFacts


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
    base_url: str,
    given: str | None,
    environment: Mapping[str, str],
    model: str = DEFAULT_MODEL,
) -> ServerUnderTest:
    """Check address and model and find the key; CouldNotRunError says what is wrong.

    A key from the environment goes to the gateway's own host or to loopback; any other
    host gets only a key that was given for it.
    """
    facts = GATEWAYS[gateway]
    _must_be_vendored(gateway, model)
    host = _checked_host(facts, base_url)
    key = (given or "").strip()
    if not key:
        if host != facts.host and not _is_this_machine(host):
            raise CouldNotRunError(
                f"wrong host: {host} is not {facts.host}; give --api-key for another server"
            )
        key = environment.get(facts.key_variable, "").strip()
    guessed = not key and _is_this_machine(host)
    if guessed:
        key = f"sandbox-{gateway}-key"
    if not key:
        raise CouldNotRunError(f"no key: give --api-key or set {facts.key_variable}")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise CouldNotRunError("no key: what was given cannot stand in a header")
    return ServerUnderTest(gateway, base_url.rstrip("/"), key, guessed, model)


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


def _checked_host(facts: GatewayFacts, base_url: str) -> str:
    try:
        parts = urlsplit(base_url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise CouldNotRunError("wrong host: --base-url is not a URL") from None
    if parts.scheme not in ("http", "https") or not host:
        raise CouldNotRunError("wrong host: --base-url has to begin with http:// or https://")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise CouldNotRunError("wrong host: --base-url may hold host, port and path only")
    if host in {each.host for each in GATEWAYS.values() if each is not facts}:
        raise CouldNotRunError(
            f"wrong host: {host} is another gateway; the key is for {facts.name}"
        )
    if host == facts.host and parts.scheme != "https":
        raise CouldNotRunError(f"wrong host: the key for {host} goes over https only")
    return host
