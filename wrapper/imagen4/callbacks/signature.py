"""Whether a callback was signed with the webhook key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Callable, Iterable, Mapping
from email.message import Message
from typing import Any

from ..core.checks import seconds
from ..core.origins import bare
from ..errors import InvalidRequest
from ..facts import protocol
from .reading import body_bytes, task_id_in

TOLERANCE = 300.0
Headers = Mapping[str, Any] | Message | Iterable[tuple[str | bytes, str | bytes]]


def verify(
    headers: Headers,
    body: bytes | str,
    key: str,
    *,
    tolerance: float = TOLERANCE,
    now: Callable[[], float] = time.time,
) -> bool:
    """Whether a callback was signed with the webhook key, at most `tolerance` seconds ago.

    headers: as a web framework has them: a mapping, whose values may be lists, anything else
    with `items()`, a WSGI environ, or pairs as ASGI has them. key: the webhook key of the
    account, not the API key; spaces, line ends and quotes around it do not count. tolerance: of
    our own choosing, the documents name none. now: a seam.

    The documented rule (kie; unknown for apikley): X-Webhook-Signature is
    base64(HMAC-SHA256(key, taskId + "." + X-Webhook-Timestamp)), the timestamp in Unix
    seconds. So the signature vouches for the task's id and the time, and for NOTHING else:
    not for state, URLs or error texts, and a signed callback can be sent again with another
    body. Re-read the task with `client.confirm(...)` before trusting what it says.

    Raises InvalidRequest for what are no headers or no seconds, and for an empty key, say of a
    variable that is not set: anybody could sign with that.
    """
    patience = seconds(tolerance, "tolerance")
    secret = bare(key) if isinstance(key, str) else ""
    if not secret:
        raise InvalidRequest("verify() takes the webhook key of the account, which is not empty")
    found = {header_name(name): header_text(value) for name, value in pairs(headers)}
    timestamp = found.get(protocol.TIMESTAMP_HEADER.lower(), "")
    task_id = task_id_in(body_bytes(body))
    if task_id is None or not re.fullmatch("[0-9]{1,12}", timestamp):
        return False
    signed = hmac.new(
        secret.encode("utf-8", "surrogatepass"), f"{task_id}.{timestamp}".encode(), hashlib.sha256
    ).digest()
    given = found.get(protocol.SIGNATURE_HEADER.lower(), "")
    genuine = hmac.compare_digest(base64.b64encode(signed), given.encode("utf-8", "replace"))
    return genuine and abs(now() - int(timestamp)) <= patience


def pairs(headers: Headers) -> list[tuple[object, object]]:
    """Names and values. Raises InvalidRequest."""
    given: Any = headers
    try:
        return [(name, value) for name, value in getattr(given, "items", lambda: given)()]
    except (TypeError, ValueError):
        raise InvalidRequest("The headers of a callback are a mapping, or pairs") from None


def header_name(name: object) -> str:
    """In lower case; WSGI spells X-Webhook-Signature HTTP_X_WEBHOOK_SIGNATURE."""
    return header_text(name).lower().replace("_", "-").removeprefix("http-")


def header_text(value: object) -> str:
    """A header as text, also in a list, once or again and again; or the number that it spells.

    What is none, say one that is not there, is "".

    Space around a value is none of it (RFC 9110, section 5.5), and some servers leave it there.
    """
    if isinstance(value, (list, tuple)) and value and value.count(value[0]) == len(value):
        value = value[0]
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    return value.strip(" \t") if isinstance(value, str) else ""
