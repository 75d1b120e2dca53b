"""The gateways: where each one is, what it asks for, how much it takes at a time.

A further gateway that speaks this API is an entry here and a document in specs/.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_MODEL: Final = "google/imagen4"
DEFAULT_GATEWAY: Final = "kie"
BASE_URL_VARIABLE: Final = "IMAGEN4_BASE_URL"
"""For the gateways that have no address of their own in the environment."""
ALLOW_HTTP_VARIABLE: Final = "IMAGEN4_ALLOW_HTTP"
YES: Final = ("1", "true", "yes", "on")
NO: Final = ("", "0", "false", "no", "off")
"""What such a variable says, in small letters."""


class Rate(NamedTuple):
    """At most `times` requests in any `seconds`, for the whole account."""

    times: int
    seconds: float


class Price(NamedTuple):
    """What a model costs, in the gateway's credits: since when that is known, and from where."""

    credits: float
    per: Literal["request", "image"]
    since: str = ""
    source: str = ""


# doc (kie): 20 creates in 10 s, the excess is refused, not queued. 10 polls in 1 s (per key in
# older pages, per task in newer ones). apikley "may differ" and gives no numbers: the same is kept.
CREATES = Rate(20, 10.0)
POLLS = Rate(10, 1.0)


class GatewayFacts(NamedTuple):
    """One gateway.

    origin: where its key may go. Written here and held against the document by a test, because
        one gateway's documents have named the other's server.
    key_variable: the environment variable that holds its key.
    base_url_variable: the one that may hold another address for it, such as a sandbox's.
    creates, polls: the rates that it accepts, for an account.
    prices: by model; a model that is not there costs nobody knows what.
    dollars_per_credit: None where it is not known.
    signs_callbacks: whether its callbacks carry a signature; None where it is not known.
    renews_links: whether it exchanges an expired link for a fresh one.
    """

    name: str
    origin: str
    key_variable: str
    base_url_variable: str
    creates: Rate = CREATES
    polls: Rate = POLLS
    prices: Mapping[str, Price] = MappingProxyType({})
    dollars_per_credit: float | None = None
    signs_callbacks: bool | None = None
    renews_links: bool = False

    @property
    def host(self) -> str:
        return self.origin.partition("://")[2]


# doc (kie's price list, November 2026). A model that is not here costs nobody knows what.
_LIST = ("2026-11", "kie's price list")
KIE = GatewayFacts(
    name=DEFAULT_GATEWAY,
    origin="https://api.kie.ai",
    key_variable="KIE_API_KEY",
    base_url_variable="KIE_BASE_URL",
    prices={
        DEFAULT_MODEL: Price(8.0, "request", *_LIST),
        "google/imagen4-fast": Price(4.0, "request", *_LIST),
        "google/imagen4-ultra": Price(12.0, "image", *_LIST),
    },
    dollars_per_credit=0.005,
    signs_callbacks=True,
    renews_links=True,
)
APIKLEY = GatewayFacts(
    name="apikley",
    origin="https://api.apikley.ru",
    key_variable="APIKLEY_API_KEY",
    base_url_variable="APIKLEY_BASE_URL",
)
GATEWAYS: Mapping[str, GatewayFacts] = {each.name: each for each in (KIE, APIKLEY)}
