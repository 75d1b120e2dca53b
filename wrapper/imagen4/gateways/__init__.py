"""Where the known gateways are found."""

from __future__ import annotations

from functools import cache

from ..errors import InvalidRequest
from ..facts import GATEWAYS
from .adapter import Adapter


def adapter_for(gateway: str | Adapter) -> Adapter:
    """The adapter of a gateway by name. Raises InvalidRequest."""
    if isinstance(gateway, Adapter):
        return gateway
    if not isinstance(gateway, str) or gateway not in GATEWAYS:
        raise InvalidRequest(f"gateway must be one of {', '.join(GATEWAYS)}, or a list of them")
    return _known(gateway)


@cache
def _known(name: str) -> Adapter:
    return Adapter(GATEWAYS[name])
