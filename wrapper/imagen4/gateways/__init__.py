"""Where the known gateways are found."""

from __future__ import annotations

from importlib import import_module

from ..errors import InvalidRequest
from .adapter import Adapter

KNOWN = ("kie", "apikley")


def adapter_for(gateway: str | Adapter) -> Adapter:
    """The adapter of a gateway by name; importing it loads that gateway's package only."""
    if isinstance(gateway, Adapter):
        return gateway
    if not isinstance(gateway, str) or gateway not in KNOWN:
        raise InvalidRequest(f"gateway must be one of {', '.join(KNOWN)}")
    adapter: Adapter = import_module(f"{__name__}.{gateway}").ADAPTER
    return adapter
