"""A request on its way to a worker, as JSON: no key, and nothing that a worker would execute."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ..core.request import Request
from ..ledger.keys import key_of_tag


@dataclass(frozen=True, slots=True)
class Order:
    """One request, which has a tag."""

    request: Request
    names: tuple[str, ...]
    """Of its pictures' files, without a suffix."""
    batch: str = ""
    max_credits: float | None = None
    """Of all creates in the ledger together."""

    @property
    def tag(self) -> str:
        return self.request.tag or ""

    @property
    def key(self) -> str:
        """By which the ledger finds it."""
        return key_of_tag(self.tag)

    def as_json(self) -> dict[str, Any]:
        request = asdict(self.request)
        given = {name: value for name, value in request.items() if value is not None}
        limit = {"batch": self.batch, "max_credits": self.max_credits}
        return {"request": given, "names": list(self.names), **limit}

    @classmethod
    def from_json(cls, order: dict[str, Any]) -> Order:
        rest = {**order, "request": Request(**order["request"]), "names": tuple(order["names"])}
        return cls(**rest)
