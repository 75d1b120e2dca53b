"""A client's settings as a caller gives them, or has them in the environment."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

from .core.checks import instance_of, seconds
from .core.origins import checked_base_url, checked_key
from .core.polling import Polling
from .core.route import Circuit, Prefer, Route
from .core.session import Session
from .errors import InvalidRequest
from .facts import DEFAULT_MODEL, GATEWAYS
from .facts.gateways import ALLOW_HTTP_VARIABLE, BASE_URL_VARIABLE, NO, YES
from .gateways import adapter_for
from .logs import logger

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .facts.gateways import GatewayFacts
    from .gateways.adapter import Adapter
    from .literals import Gateway

DEFAULT_TIMEOUT = 30.0
utc_now = partial(datetime.now, UTC)
new_job_id = partial(secrets.token_hex, 8)


def make_route(
    gateway: Gateway | Adapter | Sequence[Gateway | Adapter],
    api_key: str | Mapping[str, str] | None,
    base_url: str | Mapping[str, str] | None,
    prefer: Prefer,
    settings: tuple[Any, ...],
) -> Route:
    """The gateways with what a caller gives, checked. Raises InvalidRequest.

    settings: those of `make_session` that are the same for all of them.
    """
    several = gateway if isinstance(gateway, (list, tuple)) else (gateway,)
    adapters = [adapter_for(each) for each in several]
    names = [each.name for each in adapters]
    if not names or len(set(names)) < len(names):
        raise InvalidRequest("gateway must name one gateway or more, each of them once")
    if prefer not in get_args(Prefer):
        raise InvalidRequest("prefer must be 'order' or 'price'")
    keys = by_gateway(api_key, names, "api_key")
    urls = by_gateway(base_url, names, "base_url")
    sessions = (
        make_session(each, keys.get(each.name), urls.get(each.name), *settings) for each in adapters
    )
    others = tuple(adapter_for(each) for each in GATEWAYS if each not in names)
    route = Route(tuple(sessions), prefer, others, Circuit())
    if route.sessions[0].model != DEFAULT_MODEL:
        for lacking in route.check_model():  # to be known at once
            logger.warning("%s: requests that name no other model do not go there", lacking.message)
    return route


def by_gateway(
    given: str | Mapping[str, str] | None, names: Sequence[str], name: str
) -> Mapping[str, str]:
    """A setting of each gateway: a key goes to the gateway that it is named for, and no other.

    Raises InvalidRequest.
    """
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        if len(names) > 1:
            raise InvalidRequest(f"{name} must say for which gateway: {{{names[0]!r}: …}}")
        return {names[0]: given}
    if unknown := sorted(given.keys() - set(names)):
        raise InvalidRequest(f"{name}: the client has no gateway {unknown[0]!r}")
    return given


def make_session(
    gateway: Gateway | Adapter,
    api_key: str | None,
    base_url: str | None,
    timeout: float,
    polling: Polling | None,
    allow_http: bool,
    clock: Callable[[], float],
    random: Callable[[], float],
    model: str = DEFAULT_MODEL,
    recorded: bool = False,
) -> Session:
    """A session with what a caller gives, checked. Raises InvalidRequest.

    recorded: whether the client has a ledger.
    """
    adapter = adapter_for(gateway)
    instance_of(model, str, "model")
    allow_http = instance_of(allow_http, bool, "allow_http") or plain_http_allowed()
    origin = address_of(adapter.facts, base_url, allow_http=allow_http)
    key = key_for(adapter.facts, api_key)
    patience = seconds(timeout, "timeout", zero=False)
    pace = Polling() if polling is None else instance_of(polling, Polling, "polling")
    return Session(
        adapter,
        model,
        origin,
        key,
        patience,
        pace,
        allow_http,
        clock,
        utc_now,
        random,
        new_job_id,
        secrets.token_urlsafe,
        recorded,
    )


def key_for(facts: GatewayFacts, api_key: str | None) -> str:
    """The key as given, else as the environment has it. Raises InvalidRequest, without it."""
    variable = facts.key_variable
    if api_key is None:
        return checked_key(os.environ.get(variable), variable, f"The API key in {variable}")
    return checked_key(api_key, variable)


def address_of(facts: GatewayFacts, base_url: str | None, *, allow_http: bool) -> str:
    """Where a gateway is: as given, else as the environment says, else its own origin.

    "", say of a variable that is not filled in, does not mean the gateway where pictures are
    paid. Raises InvalidRequest.
    """
    found = {"base_url": base_url}
    for variable in (facts.base_url_variable, BASE_URL_VARIABLE):
        value = os.environ.get(variable)
        found[variable] = value and value.strip()  # files leave a line end
    name, url = next(
        ((name, url) for name, url in found.items() if url is not None), ("base_url", facts.origin)
    )
    return checked_base_url(url, allow_http=allow_http, name=name)


def plain_http_allowed() -> bool:
    """What the environment says. Raises InvalidRequest for what is neither yes nor no."""
    said = os.environ.get(ALLOW_HTTP_VARIABLE, "").strip().lower()
    if said in YES:
        return True
    if said in NO:
        return False
    raise InvalidRequest(
        f"{ALLOW_HTTP_VARIABLE} must be one of {', '.join((*YES, *filter(None, NO)))}"
    )
