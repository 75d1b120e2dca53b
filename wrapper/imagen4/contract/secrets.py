"""The keys of a run: what of them must not stand in an answer, and how it is taken out."""

from __future__ import annotations

import re
from base64 import b64encode
from itertools import groupby

from .credentials import Credential, authorization

REDACTED = b"[key]"
LEAST = 12
"""Characters of a key in a row that tell it; a mask may well show its first and last few."""
VARIED = 5


def parts_of(secret: str) -> set[bytes]:
    """Every run of at least half of a key, and never of less than `LEAST` characters.

    Words alone, or a few characters repeated, might stand somewhere by chance.
    """
    size = max(LEAST, (len(secret) + 1) // 2)
    runs = {secret[begin : begin + size] for begin in range(len(secret) - size + 1)}
    return {run.encode() for run in runs if not run.isalpha() and len(set(run)) >= VARIED}


class Secrets:
    """The account's key, and the foreign one."""

    def __init__(self, key: str, foreign: str) -> None:
        self._parts = parts_of(key) | parts_of(foreign)
        self._permitted: set[bytes] = set()
        whole = [text for text in _derived(key, foreign) if len(text) > 3]
        self._whole = _any_of(whole)
        # A short word might stand in an answer by chance: taken out, but no echo.
        self._telling = _any_of([text for text in whole if len(text) >= 6 and not text.isalpha()])

    def given_away(self, text: bytes) -> bool:
        """Whether a whole key stands in it."""
        return self._whole.search(text) is not None

    def permit(self, text: bytes) -> None:
        """A part of a key that stands in a request itself may rightly come back."""
        self._permitted.update(part for part in self._parts if part in text)

    def echoed_in(self, text: bytes) -> bool:
        """Whether a key stands there, or so much of one that it is told."""
        return bool(self._telling.search(text) or self._parts_in(text))

    def taken_out_of(self, text: bytes) -> bytes:
        text = self._whole.sub(REDACTED, text)
        covered = bytearray(len(text))
        for part in self._parts_in(text):
            for found in re.finditer(b"(?=" + re.escape(part) + b")", text):
                covered[found.start() : found.start() + len(part)] = b"\1" * len(part)
        return _hidden(text, covered) if any(covered) else text

    def _parts_in(self, text: bytes) -> list[bytes]:
        return [part for part in self._parts if part in text and part not in self._permitted]


def _any_of(secrets: list[str]) -> re.Pattern[bytes]:
    """Never without one: the made-up key is always among them."""
    return re.compile(b"|".join(re.escape(text.encode()) for text in secrets))


def _derived(key: str, foreign: str) -> list[str]:
    """The keys, what the suite makes of them to be refused, and what hides them from the eye."""
    made_up = (Credential.WRONG, Credential.OTHER_CASE, Credential.SHORTER)
    values = (authorization(credential, key, foreign) or "" for credential in made_up)
    hidden = [b64encode(each.encode()).decode().rstrip("=") for each in (key, f"Bearer {key}")]
    hidden.append(key.encode().hex())
    return [key, foreign, *hidden, *(value.removeprefix("Bearer ") for value in values)]


def _hidden(text: bytes, covered: bytearray) -> bytes:
    """What is covered stands for a key, one run of it at a time."""
    runs = groupby(zip(covered, text, strict=True), key=lambda pair: pair[0])
    return b"".join(REDACTED if hidden else bytes(each for _, each in run) for hidden, run in runs)
