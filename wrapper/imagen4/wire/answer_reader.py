"""Taking in an answer: bounded in size and time, and without the key."""

from __future__ import annotations

import json
from contextlib import suppress
from math import inf
from typing import TYPE_CHECKING

import httpx

from ..core.answer import Answer
from ..core.redaction import HIDDEN, LONGEST_TEXT, redacted
from ..errors import TransportError
from .by_eye import LARGEST_ANSWER, breaks_off, by_eye, unpacked
from .exchange_deadline import reject_early_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..core.effects import Send
    from ..core.session import Session

TOO_LARGE = f"The answer is larger than {LARGEST_ANSWER} bytes"
SHORTEST_KEY = 8  # a shorter one, in somebody's test, could be part of a field's name


class AnswerReader:
    """Collects an answer, within bounds of size and time, and leaves it with its `Send`.

    So it does when the answer breaks off: what was read may name a task that is paid for.
    timed: whether somebody else bounds the time; nothing that is there by then is refused.
    """

    def __init__(
        self,
        session: Session,
        send: Send,
        response: httpx.Response,
        heard: bytearray,
        *,
        timed: bool = False,
    ) -> None:
        reject_early_bytes(response, heard)
        self._session = session
        self._until = inf if timed else session.clock() + send.timeout
        self._send = send
        self._response = response
        self._heard = heard
        self._body = bytearray()
        self._encoding = response.headers.get("content-encoding", "").strip().lower()
        self.complete = response.is_stream_consumed or response.is_closed
        """Whether there is no more to read: an injected client's hook did, or did not want to."""
        if self.complete:
            self._encoding = ""
            with suppress(httpx.ResponseNotRead):
                self.add(response.content)

    def broken(self) -> None:
        """A whole JSON object is an answer, however the transfer went on."""
        self._send.partial = self._read()
        if isinstance(self._send.partial.decoded, dict):
            self._send.answer = self._send.partial

    def add(self, chunk: bytes) -> None:
        if len(self._body) + len(chunk) > LARGEST_ANSWER:
            raise TransportError(TOO_LARGE)
        self._body += chunk
        if self._session.clock() > self._until:
            raise TransportError("The answer came too slowly")

    def answer(self) -> Answer:
        answer = self._read()
        if len(answer.body) > LARGEST_ANSWER:
            raise TransportError(TOO_LARGE)
        if not isinstance(answer.decoded, dict) and breaks_off(bytes(self._body)):
            raise TransportError("The answer breaks off, or cannot be unpacked")
        self._send.answer = answer
        return answer

    def _read(self) -> Answer:
        status, headers = self._response.status_code, self._response.headers
        body = unpacked(bytes(self._body), self._encoding)
        answer = answer_of(self._session, status, headers, body)
        if isinstance(answer.decoded, dict):
            return answer
        seen = answer_of(self._session, status, headers, by_eye(bytes(self._heard))[1])
        return seen if isinstance(seen.decoded, dict) or not body else answer


def rescued(session: Session, heard: bytes) -> Answer | None:
    """What was read of an answer, where not even its headers could be."""
    status, body = by_eye(heard)
    return answer_of(session, status, {}, body) if body else None


def answer_of(session: Session, status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    encoding = json.detect_encoding(body)
    if not encoding.startswith("utf-8"):
        body = as_utf8(body, encoding)
    if session.key_clue in body.lower():
        body = without_key(body, session.key, session.key_clue)
    return Answer(status, headers, body, session.now())


def without_key(body: bytes, key: str, found: bytes) -> bytes:
    """An answer that may repeat the key, since its clue was found there, is not passed on so.

    Keys are spelled as they are nearly always; a long answer is searched for that only.
    """
    if len(key) < SHORTEST_KEY:
        return body
    body = body.replace(key.encode(), HIDDEN.encode())
    if found not in body.lower() or len(body) > LONGEST_TEXT:
        return body
    return redacted(body.decode("latin-1"), (key,)).encode("latin-1")


def as_utf8(body: bytes, encoding: str) -> bytes:
    """JSON in UTF-16 or UTF-32, as json.loads would read it: there, no key could be found."""
    try:
        return body.decode(encoding, "surrogatepass").encode("utf-8", "surrogatepass")
    except UnicodeError:  # no text at all
        return body
