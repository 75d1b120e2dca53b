"""A client's settings as a caller gives them, or has them in the environment."""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from .core.checks import seconds
from .core.origins import checked_base_url, checked_key
from .core.polling import Polling
from .core.session import Session
from .errors import InvalidRequest
from .facts import DEFAULT_MODEL
from .facts.gateways import ALLOW_HTTP_VARIABLE, BASE_URL_VARIABLE
from .gateways import adapter_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from .facts.gateways import GatewayFacts
    from .gateways.adapter import Adapter
    from .literals import Gateway

DEFAULT_TIMEOUT = 30.0
YES, NO = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")
T = TypeVar("T")
utc_now = partial(datetime.now, UTC)


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
) -> Session:
    """A session with what a caller gives, checked. Raises InvalidRequest."""
    adapter = adapter_for(gateway)
    allow_http = allow_http or plain_http_allowed()
    origin = address_of(adapter.facts, base_url, allow_http=allow_http)
    key = os.environ.get(adapter.facts.key_variable) if api_key is None else api_key
    key = checked_key(key, adapter.facts.key_variable)
    patience = seconds(timeout, "timeout", zero=False)
    pace = Polling() if polling is None else instance_of(polling, Polling, "polling")
    instance_of(model, str, "model")
    if model != DEFAULT_MODEL:
        adapter.input_schema(model)  # one that the gateway lacks is to be known at once
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
    )


def address_of(facts: GatewayFacts, base_url: str | None, *, allow_http: bool) -> str:
    """Where a gateway is: as given, else as the environment says, else its own origin.

    "", say of a variable that is not filled in, does not mean the gateway where pictures are
    paid. Raises InvalidRequest.
    """
    found = {"base_url": base_url}
    for variable in (facts.base_url_variable, BASE_URL_VARIABLE):
        found[variable] = os.environ.get(variable)
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


def new_job_id() -> str:
    return secrets.token_hex(8)


def instance_of(value: object, kind: type[T], name: str) -> T:
    """The value, if it is of that class. Raises InvalidRequest."""
    if not isinstance(value, kind):
        raise InvalidRequest(f"{name} must be of class {kind.__name__}, not {type(value).__name__}")
    return value
