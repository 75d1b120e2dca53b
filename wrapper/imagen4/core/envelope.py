"""One rule for reading an answer, used by every operation.

The gateways put their verdict in two places: a real HTTP status, and `code` in a JSON body
that usually travels under HTTP 200. So: the HTTP status first, then `code`, and only an
answer that both call a success is read any further. No function here raises for anything
that a server can send.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from .. import errors
from ..facts import protocol
from ..facts.protocol import Code
from .redaction import LONGEST_TEXT, one_line, redacted

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from .answer import Answer

E = TypeVar("E", bound=errors.Imagen4Error)

# Numbers mean the same as a status and as a code; see errors.py for the tree.
ERRORS: dict[int, type[errors.Imagen4Error]] = {
    Code.BAD_REQUEST: errors.InvalidRequest,
    Code.UNAUTHORIZED: errors.AuthenticationError,
    Code.NO_CREDITS: errors.InsufficientCredits,
    Code.FORBIDDEN: errors.AuthenticationError,
    Code.TOO_LARGE: errors.InvalidRequest,
    Code.INVALID: errors.InvalidRequest,
    Code.RATE_LIMITED: errors.RateLimited,
    Code.QUOTA_USED_UP: errors.QuotaExceeded,
    Code.MAINTENANCE: errors.GatewayUnavailable,
    Code.DISABLED: errors.FeatureDisabled,
}
# About a task: live answers say 422 "recordInfo is null", the page says 404.
TASK_ERRORS = ERRORS | {
    Code.NOT_FOUND: errors.TaskNotFound,
    Code.INVALID: errors.TaskNotFound,
    Code.GENERATION_FAILED: errors.TaskFailed,
}
# What a refusal means, beside words such as "recordInfo is null".
MEANINGS: dict[type[errors.Imagen4Error], str] = {
    errors.TaskNotFound: "No such task",
    errors.AuthenticationError: "The key was refused",
}
LONGEST_BODY = 2000


class Envelope(NamedTuple):
    """An answer, parsed: `code` is None where it holds none, `data` where it holds no data."""

    answer: Answer
    code: int | None
    verdict: int | None
    """The HTTP status if it is no success, else the body's code."""
    message: str
    data: Any

    @property
    def record(self) -> Mapping[str, Any]:
        """`data`, if it is an object; else an empty one."""
        return self.data if isinstance(self.data, dict) else {}

    @property
    def succeeded(self) -> bool:
        """A body with data but without a code is a success: the documents require neither.

        But one that is there and cannot be read is not.
        """
        if self.verdict is not None or self.data is None:
            return self.verdict == Code.OK
        return self.answer.decoded.get(protocol.CODE) is None

    @property
    def retry_after(self) -> float | None:
        """The gateway's Retry-After in seconds."""
        return retry_after_in(self.answer.headers, self.answer.received)


def parse_envelope(answer: Answer) -> Envelope:
    """Decode an answer; one that is not a JSON object has neither code nor data."""
    fields = answer.decoded if isinstance(answer.decoded, dict) else {}
    message = fields.get(protocol.MESSAGE) or fields.get(protocol.MESSAGE_IN_EXAMPLES)
    code = whole_number(fields.get(protocol.CODE))
    return Envelope(
        answer=answer,
        code=code,
        verdict=code if 200 <= answer.status < 300 else answer.status,
        message=message if isinstance(message, str) else "",
        data=fields.get(protocol.DATA),
    )


def retry_after_in(headers: Mapping[str, str], received: datetime | None) -> float | None:
    """An answer's Retry-After in seconds, which may be a date; nonsense counts as nothing.

    A date is counted from the answer's own, since clocks differ; else from when it came.
    """
    text = headers.get("retry-after", "")
    if text.isascii() and text.isdigit():
        return float(text) if len(text) < 7 else None
    until, since = http_date(text), http_date(headers.get("date", "")) or received
    return max(0.0, (until - since).total_seconds()) if until and since else None


def http_date(text: str) -> datetime | None:
    """A moment as HTTP headers have it."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


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
    verdict = envelope.verdict or 0
    kind = known.get(verdict)
    if kind is errors.TaskFailed and envelope.code != verdict:
        kind = None  # a proxy's 501, without the gateway's own word for it
    if kind is errors.TaskNotFound and envelope.code is None:
        kind = None  # a proxy's 404: it knows nothing about tasks
    if is_page_of_another(envelope):
        kind = None  # a firewall's: it knows nothing about keys
    if kind is None:
        broken = 500 <= verdict < 600
        kind = errors.GatewayUnavailable if broken else errors.UnexpectedResponse
    reason = ": ".join(filter(None, (MEANINGS.get(kind), reason_in(envelope))))
    error = error_from_answer(kind, envelope, reason, secrets)
    if isinstance(error, errors.RateLimited):
        error.retry_after = envelope.retry_after
    return error


def error_from_answer(
    kind: type[E], envelope: Envelope, message: str, secrets: Collection[str]
) -> E:
    """An error about this answer, with the secrets cut out of all its texts."""
    return kind(
        one_line(redacted(message, secrets)),
        code=envelope.code,
        http_status=envelope.answer.status,
        body=body_text(envelope.answer, secrets),
    )


def keep_read(error: errors.Imagen4Error, read: Answer | None, secrets: Collection[str]) -> None:
    """Put what was read of an answer that broke off on its error, the secrets cut out."""
    if read is not None:
        error.http_status = read.status or None
        error.body = body_text(read, secrets)


def body_text(answer: Answer, secrets: Collection[str]) -> str:
    """The beginning of an answer's body, with the secrets cut out."""
    body = answer.body[:LONGEST_TEXT].decode("utf-8", "replace")
    return redacted(body, secrets)[:LONGEST_BODY]


def is_page_of_another(envelope: Envelope) -> bool:
    """Whether a 401 or 403 is none of the gateway's, which says such things in JSON.

    Live gateways say them under HTTP 200; in front of both stand proxies that block by a page.
    """
    refused = envelope.answer.status in (Code.UNAUTHORIZED, Code.FORBIDDEN)
    return refused and not isinstance(envelope.answer.decoded, dict)


def reason_in(envelope: Envelope) -> str:
    """The gateway's own words if there are any, else ours."""
    if is_page_of_another(envelope):
        return f"HTTP {envelope.verdict} with a page instead of the gateway's answer"
    if envelope.code is None and envelope.verdict == Code.NOT_FOUND:
        return "HTTP 404, and not by the gateway: is the base URL right?"
    if envelope.code is None and 300 <= envelope.answer.status < 400:
        return f"HTTP {envelope.verdict} leads elsewhere, where no key goes: is the base URL right?"
    if envelope.message and envelope.verdict is not None:
        return envelope.message
    if envelope.code is not None:
        return "The gateway refused without saying why"
    return "The answer is not the JSON object that the gateways send"
