"""One exchange with the gateway as plain data: what is asked, what came back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class Call(NamedTuple):
    """One request to the gateway, without origin and without key."""

    method: str
    path: str
    params: Mapping[str, str] = MappingProxyType({})
    json: Any = None
    gateway: str = ""
    """Which one it is for, where a client has several."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, as it came."""

    status: int
    headers: Mapping[str, str]
    """Names are in lower case."""
    body: bytes
    received: datetime | None = None
    """When (aware) it came."""
    decoded: Any = field(init=False, repr=False, compare=False)
    """The body's JSON value, or None. The gateways send objects."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "decoded", json_value(self.body))


def json_value(text: bytes | str) -> Any:
    """The JSON value, or None for whatever is not JSON."""
    try:
        return json.loads(text.removeprefix("\ufeff") if isinstance(text, str) else text)
    except (ValueError, RecursionError):  # undecodable text and oversized numbers, too
        return None
