"""Callbacks: what a gateway POSTs to `callback_url` when a task has ended.

    from imagen4 import Client, callbacks

    client = Client("kie")

    def app(environ, start_response):  # a WSGI application
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        genuine = callbacks.verify(environ, body, WEBHOOK_KEY)
        if genuine:
            handle(client.confirm(callbacks.parse(body)))
        start_response("200 OK" if genuine else "401 Unauthorized", [])
        return []

Callbacks may come twice, and late. Answer 200, or the gateway tries again.

With a ledger, `callback_url` is sent with a token in its query, another one for each create:
`https://example.org/done?imagen4-token=…`. Hand the URL on, and a create that nobody had an
answer to gets its task:

    row = ledger.record_callback(callbacks.parse(body), environ["QUERY_STRING"])
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Callable, Iterable, Mapping
from email.message import Message
from typing import TYPE_CHECKING, Any

from .core.answer import Answer, json_value
from .core.checks import seconds
from .core.envelope import error_from_answer, parse_envelope
from .core.records import prompts_in, task_from_record, usable_id
from .errors import InvalidRequest, UnexpectedResponse
from .facts import DEFAULT_GATEWAY, protocol
from .gateways import adapter_for

if TYPE_CHECKING:
    from .core.task import Task
    from .gateways.adapter import Adapter
    from .literals import Gateway

TOLERANCE = 300.0
SPELLINGS = (protocol.TASK_ID, protocol.TASK_ID_IN_SAMPLES)
Headers = Mapping[str, Any] | Message | Iterable[tuple[str | bytes, str | bytes]]


def parse(body: bytes | str, gateway: Gateway | Adapter = DEFAULT_GATEWAY) -> Task:
    """The task that a callback tells of: what polling would give, also for a failed one.

    Both gateways send the same form. Raises UnexpectedResponse for anything else.
    """
    name = adapter_for(gateway).name
    content = body_bytes(body)
    envelope = parse_envelope(Answer(200, {}, content))
    secrets = prompts_in(envelope.data)
    found = task_from_record(
        envelope.record,
        name,
        envelope.answer.decoded,
        expected_id=task_id_in(content),
        secrets=secrets,
    )
    if found is None:
        reason = "The callback does not describe a task"
        raise error_from_answer(UnexpectedResponse, envelope, reason, secrets)
    if found.succeeded and not envelope.succeeded:
        reason = "The callback's code is that of a failure, its state is success"
        raise error_from_answer(UnexpectedResponse, envelope, reason, secrets)
    return found


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
    account, not the API key; spaces and line ends around it do not count. tolerance: of our own
    choosing, the documents name none. now: a seam.

    The documented rule (kie; unknown for apikley): X-Webhook-Signature is
    base64(HMAC-SHA256(key, taskId + "." + X-Webhook-Timestamp)), the timestamp in Unix
    seconds. So the signature vouches for the task's id and the time, and for NOTHING else:
    not for state, URLs or error texts, and a signed callback can be sent again with another
    body. Re-read the task with `client.confirm(...)` before trusting what it says.

    Raises InvalidRequest for what are no headers or no seconds, and for an empty key, say of a
    variable that is not set: anybody could sign with that.
    """
    patience = seconds(tolerance, "tolerance")
    if not isinstance(key, str) or not key.strip():
        raise InvalidRequest("verify() takes the webhook key of the account, which is not empty")
    found = {header_name(name): header_text(value) for name, value in pairs(headers)}
    timestamp = found.get(protocol.TIMESTAMP_HEADER.lower(), "")
    task_id = task_id_in(body_bytes(body))
    if task_id is None or not re.fullmatch("[0-9]{1,12}", timestamp):
        return False
    secret = key.strip().encode("utf-8", "surrogatepass")
    signed = hmac.new(secret, f"{task_id}.{timestamp}".encode(), hashlib.sha256).digest()
    given = found.get(protocol.SIGNATURE_HEADER.lower(), "")
    genuine = hmac.compare_digest(base64.b64encode(signed), given.encode("utf-8", "replace"))
    return genuine and abs(now() - int(timestamp)) <= patience


def body_bytes(body: bytes | str) -> bytes:
    """What a web framework gives as the body of a request. Raises InvalidRequest."""
    if isinstance(body, str):
        return body.encode("utf-8", "replace")
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    raise InvalidRequest("The body of a callback is bytes or text")


def task_id_in(body: bytes) -> str | None:
    """The id in `data.taskId` (what is sent) or `data.task_id` (the documents' sample).

    None if both are there and differ: one could be signed while the other is believed.
    """
    decoded = json_value(body)
    data = decoded.get(protocol.DATA) if isinstance(decoded, dict) else None
    names = data if isinstance(data, dict) else {}
    given = [names[spelling] for spelling in SPELLINGS if spelling in names]
    return usable_id(given[0]) if given and all(one == given[0] for one in given) else None


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
    """A header as text, also alone in a list; what is none, say one that is not there, is "".

    Space around a value is none of it (RFC 9110, section 5.5), and some servers leave it there.
    """
    if isinstance(value, (list, tuple)) and len(value) == 1:
        value = value[0]
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    return value.strip(" \t") if isinstance(value, str) else ""
