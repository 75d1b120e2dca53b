"""One request, what should come of it, and what came of it. Data only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from ..facts import protocol
from . import strict_json
from .credentials import Credential


class Expect(StrEnum):
    """What the document says must come of a request."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    OPEN = "open"


class Subject(StrEnum):
    """What a request is about: it decides which refusals are right."""

    PARAMETER = "parameter"
    MODEL = "model"
    BODY = "unreadable body"
    MEDIA_TYPE = "media type"
    KEY = "key"
    METHOD = "method"
    UNKNOWN_TASK = "unknown task"
    NO_TASK_ID = "no task id"
    POLL = "poll"


@dataclass(frozen=True)
class HttpRequest:
    """A request without its key: `credential` names what goes into Authorization."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    content: bytes | None = None
    content_type: str | None = None
    credential: Credential = Credential.KEY

    @cached_property
    def target(self) -> str:
        """Path and query, as they stand in the request line."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path

    @property
    def text(self) -> bytes:
        """What the request says outside its headers."""
        return self.target.encode() + b"\n" + (self.content or b"")

    @cached_property
    def body(self) -> Any:
        """The JSON value sent; None when there is none or it cannot be read."""
        return None if self.content is None else strict_json.read(self.content).value


def simplicity(request: HttpRequest) -> tuple[int, int]:
    """Orders requests: the fewest fields, then the shortest body."""
    body = request.body if isinstance(request.body, dict) else {}
    inputs = body.get(protocol.INPUT)
    return len(body) + (len(inputs) if isinstance(inputs, dict) else 0), len(request.content or b"")


@dataclass(frozen=True)
class Intent:
    """Why a request is sent: the promise it tries, where that stands, and in words."""

    expect: Expect
    subject: Subject
    pointer: str
    what: str


@dataclass(frozen=True)
class Case:
    """A test case: a request and its intent, not sent yet."""

    request: HttpRequest
    intent: Intent


@dataclass(frozen=True)
class HttpAnswer:
    """An answer with every key in it already replaced; `echoed` says that one stood there."""

    status: int
    headers: tuple[tuple[str, str], ...]
    content: bytes
    echoed: bool = False

    def header(self, name: str) -> str:
        values = [value for key, value in self.headers if key.lower() == name]
        return ", ".join(values)


@dataclass(frozen=True)
class Verdict:
    """What the gateway decided, wherever it said so: HTTP status or `code`."""

    status: int
    code: int | None

    @cached_property
    def accepted(self) -> bool:
        """Also with 201 or 202, which contradict the code: that is a finding of its own."""
        return 200 <= self.status < 300 and self.code == protocol.Code.OK

    @property
    def refused(self) -> bool:
        """Not where the code says success under a status that says failure: that is neither."""
        return self.effective not in (None, protocol.Code.OK)

    @cached_property
    def effective(self) -> int | None:
        """The code, or the HTTP status where it refuses and no code can be read."""
        return self.code if self.code is not None or self.status < 300 else self.status

    def __str__(self) -> str:
        return f"HTTP {self.status}" + ("" if self.code is None else f", code {self.code}")


ACCOUNT = frozenset(
    {
        protocol.Code.NO_CREDITS,
        protocol.Code.QUOTA_USED_UP,
        protocol.Code.MAINTENANCE,
        protocol.Code.RATE_LIMITED,
    }
)
"""Out of credits, limits, maintenance: where that refuses everything, no request is at fault."""
SHOWN = 60
"""Characters of what is told."""
TIMED_OUT = "no answer within"
BY_PROXIES = frozenset({429, 502, 503, 504, *range(520, 528), 530})
"""Statuses of what stands before a gateway, the last ones Cloudflare's (wire: it always does)."""


@dataclass(frozen=True)
class Exchange:
    """What happened: an answer, or `error` that says why there is none."""

    number: int
    request: HttpRequest
    intent: Intent
    answer: HttpAnswer | None
    error: str
    task_id: str
    """For polls: the id of the task asked for; else empty."""
    seconds: float
    """How long it took to answer, or to give up."""
    at: float
    """When that was over, in Unix seconds by this machine's clock."""
    ended: float
    """The same by a clock that nobody sets: for how much time has passed."""
    keep_alive: bool
    """Whether it was sent over a connection that is kept open."""

    @property
    def sent(self) -> float:
        """When it began, by the clock of `ended`."""
        return self.ended - self.seconds

    @property
    def timed_out(self) -> bool:
        return self.error.startswith(TIMED_OUT)

    @cached_property
    def redirected(self) -> bool:
        return self.answer is not None and 300 <= self.answer.status < 400

    @cached_property
    def by_proxy(self) -> bool:
        """Whether something before the gateway answered in its place: an error, no envelope."""
        status = self.answer.status if self.answer else 0
        return status in BY_PROXIES and protocol.CODE not in self.payload

    @property
    def not_found(self) -> bool:
        """Whether it says that there is no such task."""
        codes = (protocol.Code.BAD_REQUEST, protocol.Code.NOT_FOUND, protocol.Code.INVALID)
        return self.verdict.effective in codes

    @property
    def limited(self) -> bool:
        """Whether it came too early, whoever says so."""
        return self.verdict.effective == protocol.Code.RATE_LIMITED

    @cached_property
    def reading(self) -> strict_json.Reading:
        return strict_json.read(self.answer.content if self.answer else b"")

    @cached_property
    def payload(self) -> dict[str, Any]:
        """The envelope; empty when the answer is not a JSON object."""
        value = self.reading.value
        return value if isinstance(value, dict) else {}

    @cached_property
    def data(self) -> dict[str, Any]:
        """The envelope's `data`; empty when that is not an object."""
        value = self.payload.get(protocol.DATA)
        return value if isinstance(value, dict) else {}

    @cached_property
    def verdict(self) -> Verdict:
        return Verdict(
            self.answer.status if self.answer else 0, _integer(self.payload.get(protocol.CODE))
        )

    @property
    def message(self) -> str:
        text = self.payload.get(protocol.MESSAGE, self.payload.get(protocol.MESSAGE_IN_EXAMPLES))
        return text if isinstance(text, str) else ""

    @property
    def told(self) -> str:
        """The verdict, and the message: or else a page's title, or what it says."""
        page = self.answer.content[:1000].decode("utf-8", "replace") if self.answer else ""
        title = re.search("<title>([^<]+)", page, re.IGNORECASE)
        said = title[1] if title else re.sub("<[^>]*>", " ", page)
        line = " ".join((self.message or ("" if self.payload else said)).split())
        short = line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"
        return f"{self.verdict} {short!r}" if line else str(self.verdict)

    @cached_property
    def state(self) -> str:
        """The state of the task in a record; empty without one."""
        value = self.data.get(protocol.STATE)
        return value if isinstance(value, str) else ""

    @cached_property
    def created_id(self) -> str:
        """The id in the answer to a create, exactly as it stands there; empty without one."""
        if self.request.path != protocol.CREATE_PATH or not self.verdict.accepted:
            return ""
        value = self.data.get(protocol.TASK_ID)
        usable = isinstance(value, str | int) and not isinstance(value, bool)
        return str(value) if usable and str(value).strip() else ""


def _integer(value: Any) -> int | None:
    """A code as a number, also where it wrongly is text; the schema check complains of that."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 6:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
