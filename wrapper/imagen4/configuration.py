"""A client's settings as a caller gives them, or has them in the environment."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from .core.checks import seconds
from .core.origins import checked_base_url, checked_key
from .core.polling import Polling
from .core.settings import Settings
from .errors import InvalidRequest
from .gateways import adapter_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from .gateways.adapter import Adapter
    from .literals import Gateway

DEFAULT_TIMEOUT = 30.0
T = TypeVar("T")


def configured(
    gateway: Gateway | Adapter,
    api_key: str | None,
    base_url: str | None,
    timeout: float,
    polling: Polling | None,
    allow_http: bool,
    clock: Callable[[], float],
    random: Callable[[], float],
) -> Settings:
    """The settings as a caller gives them, checked. Raises InvalidRequest."""
    adapter = adapter_for(gateway)
    # "", say of a variable that is not set, must not mean the gateway where pictures are paid.
    origin = adapter.server if base_url is None else base_url
    origin = checked_base_url(origin, allow_http=allow_http)
    key = os.environ.get(adapter.key_variable) if api_key is None else api_key
    key = checked_key(key, adapter.key_variable)
    patience = seconds(timeout, "timeout", zero=False)
    pace = Polling() if polling is None else of_kind(polling, Polling, "polling")
    return Settings(adapter, origin, key, patience, pace, allow_http, clock, utc, random)


def utc() -> datetime:
    return datetime.now(UTC)


def of_kind(value: object, kind: type[T], name: str) -> T:
    """The value, if it is of that class. Raises InvalidRequest."""
    if not isinstance(value, kind):
        raise InvalidRequest(f"{name} must be of class {kind.__name__}, not {type(value).__name__}")
    return value
