"""One rule for reading an answer, used by every operation.

The gateways put their verdict in two places: a real HTTP status, and `code` in a JSON body
that usually travels under HTTP 200. So: the HTTP status first, then `code`, and only an
answer that both call a success is read any further. No function here raises for anything
that a server can send.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from .. import errors
from .redaction import LONGEST_TEXT, one_line, redacted

if TYPE_CHECKING:
    from collections.abc import Collection

    from ..gateways.adapter import Model
    from .effects import Answer

E = TypeVar("E", bound=errors.Imagen4Error)

SUCCESS = 200
# Numbers mean the same as a status and as a code; see errors.py for the tree.
ERRORS: dict[int, type[errors.Imagen4Error]] = {
    400: errors.InvalidRequest,
    401: errors.AuthenticationError,
    402: errors.InsufficientCredits,
    403: errors.AuthenticationError,
    413: errors.InvalidRequest,
    422: errors.InvalidRequest,
    429: errors.RateLimited,
    433: errors.QuotaExceeded,
    455: errors.GatewayUnavailable,
    505: errors.FeatureDisabled,
}
# About a task: live answers say 422 "recordInfo is null", the page says 404.
TASK_ERRORS = ERRORS | {
    404: errors.TaskNotFound,
    422: errors.TaskNotFound,
    501: errors.TaskFailed,
}
LONGEST_BODY = 2000


@dataclass(frozen=True, slots=True)
class Envelope:
    """An answer, opened: `code` is None where it holds none, `data` where it holds no data."""

    answer: Answer
    decoded: Any
    code: int | None
    message: str
    data: Any

    @property
    def number(self) -> int | None:
        """The verdict: the HTTP status if it is no success, else the body's code."""
        return self.code if 200 <= self.answer.status < 300 else self.answer.status

    @property
    def succeeded(self) -> bool:
        """A body with data but without a code is a success: the documents require neither.

        But one that is there and cannot be read is not.
        """
        uncoded = self.data is not None and self.decoded.get("code") is None
        return self.number == SUCCESS or (self.number is None and uncoded)

    @property
    def retry_after(self) -> float | None:
        """The gateway's Retry-After in seconds; dates and nonsense count as nothing."""
        text = self.answer.headers.get("retry-after", "")
        return float(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def opened(answer: Answer) -> Envelope:
    """Decode an answer; one that is not a JSON object has neither code nor data."""
    decoded = decode(answer.body)
    fields = decoded if isinstance(decoded, dict) else {}
    message = fields.get("msg") or fields.get("message")
    return Envelope(
        answer=answer,
        decoded=decoded,
        code=whole_number(fields.get("code")),
        message=message if isinstance(message, str) else "",
        data=fields.get("data"),
    )


def decode(text: bytes | str) -> Any:
    """The JSON value, or None for whatever is not JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # undecodable text and oversized numbers, too
        return None


def whole_number(value: object) -> int | None:
    """The value as a code: an integer, however JSON spells it, of at most nine digits."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if abs(value) < 1e9 and value == int(value) else None


def refusal(
    envelope: Envelope, *, about_task: bool = False, secrets: Collection[str] = ()
) -> errors.Imagen4Error | None:
    """The error that this answer is, or None for a success."""
    if envelope.succeeded:
        return None
    known = TASK_ERRORS if about_task else ERRORS
    number = envelope.number or 0
    kind = known.get(number)
    if kind is errors.TaskFailed and envelope.code != number:
        kind = None  # a proxy's 501, without the gateway's own word for it
    if kind is errors.TaskNotFound and not isinstance(envelope.decoded, dict):
        kind = None  # a proxy's 404: it knows nothing about tasks
    if kind is None:
        broken = 500 <= number < 600
        kind = errors.GatewayUnavailable if broken else errors.UnexpectedResponse
    error = described(kind, envelope, words(envelope), secrets)
    if isinstance(error, errors.RateLimited):
        error.retry_after = envelope.retry_after
    return error


def described(kind: type[E], envelope: Envelope, message: str, secrets: Collection[str]) -> E:
    """An error about this answer, with the secrets cut out of all its texts."""
    body = envelope.answer.body[:LONGEST_TEXT].decode("utf-8", "replace")
    return kind(
        one_line(redacted(message, secrets)),
        code=envelope.code,
        http_status=envelope.answer.status,
        body=redacted(body, secrets)[:LONGEST_BODY],
    )


def words(envelope: Envelope) -> str:
    """The gateway's own words if there are any, else ours."""
    if envelope.message and envelope.number is not None:
        return envelope.message
    if envelope.code is not None:
        return "The gateway refused without saying why"
    return "The answer is not the JSON object that the gateways send"


def data_of(model: type[Model], decoded: Any) -> Any:
    """`data` of an answer, read into its generated model; None where it does not fit.

    Only for answers whose status and code were read before and say success.
    """
    try:
        return getattr(model.from_dict(decoded), "data", None)
    except (AttributeError, KeyError, TypeError, ValueError):  # what generated readers raise
        return None
