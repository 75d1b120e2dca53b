"""What was asked and answered, for tests and for the front page. No key is ever written down."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..facts.protocol import CODE
from .bounded import BoundedDict
from .gateways import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

MAX_BYTES = 16 * 1024 * 1024
MAX_TEXT = 128 * 1024
SECRET_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "x-api-key", "api-key"}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedRequest:
    """One request and its answer."""

    number: int
    time: float
    """Unix seconds on the sandbox's clock."""
    method: str
    path: str
    query: str
    gateway: str
    operation: str
    """Last segment of the path for the documented ones, `file` for a picture, else empty."""
    task_id: str
    """The task it made or asked for, else empty."""
    headers: Mapping[str, str]
    """Lower-case names; those that carry credentials are left out."""
    authorized: bool
    """Whether there was any Authorization header, right or wrong."""
    body: Any
    """Decoded JSON, or text where it is none, or None where there was no body."""
    status: int | None
    """None where no answer was sent."""
    answer: Any
    fault: str
    """Name of the fault that struck it, else empty."""

    @property
    def code(self) -> Any:
        """That of the envelope in the answer; None where there is none."""
        return self.answer.get(CODE) if isinstance(self.answer, dict) else None

    @property
    def weight(self) -> int:
        return 1024 + len(str(self.body)) + len(str(self.answer))


class Journal:
    """The newest requests; older ones drop."""

    def __init__(self, max_requests: int) -> None:
        self._numbers = itertools.count(1)
        self.listener: Callable[[RecordedRequest], None] | None = None
        """Told of each request, on the server's loop."""
        self._entries: BoundedDict[int, RecordedRequest] = BoundedDict(
            max_requests, MAX_BYTES, lambda entry: entry.weight
        )

    def add(self, **fields: Any) -> RecordedRequest:
        entry = RecordedRequest(number=next(self._numbers), **fields)
        self._entries.put(entry.number, entry)
        if self.listener is not None:
            self.listener(entry)
        return entry

    def clear(self) -> None:
        self._entries.clear()

    def entries(self) -> list[RecordedRequest]:
        """Oldest first."""
        return self._entries.values()


def masked(text: str) -> str:
    """The text without the keys, wherever a caller may have put them."""
    for key in KEYS:
        text = text.replace(key, "•••")
    return text


def safe_headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {masked(name): masked(value) for name, value in headers if name not in SECRET_HEADERS}


def readable_body(raw: bytes) -> Any:
    """JSON where it is JSON, else text; cut where it is long."""
    if not raw:
        return None
    text = masked(raw[:MAX_TEXT].decode("utf-8", "replace"))
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
