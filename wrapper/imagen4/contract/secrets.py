"""The keys of a run: what of them must not stand in an answer, and how it is taken out."""

import re
from dataclasses import dataclass, field
from itertools import groupby

from imagen4.contract.credentials import Credential, authorization

REDACTED = "[key]"
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


@dataclass(repr=False)
class Secrets:
    """The account's key, and the other gateway's."""

    key: str
    foreign: str
    _said: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._parts = parts_of(self.key) | parts_of(self.foreign)

    def given_away(self, said: bytes) -> bool:
        """Whether a whole key stands in it."""
        return any(secret in said for secret in self._whole())

    def say(self, said: bytes) -> None:
        """A part of a key that stands in a request itself may rightly come back."""
        self._said.update(part for part in self._parts if part in said)

    def echoed_in(self, text: bytes) -> bool:
        """Whether a key stands there, or so much of one that it is told."""
        return any(secret in text for secret in self._whole(as_echo=True)) or bool(
            self._parts_in(text)
        )

    def taken_out_of(self, text: bytes) -> bytes:
        for secret in self._whole():
            text = text.replace(secret, REDACTED.encode())
        covered = bytearray(len(text))
        for part in self._parts_in(text):
            for found in re.finditer(b"(?=" + re.escape(part) + b")", text):
                covered[found.start() : found.start() + len(part)] = b"\1" * len(part)
        return _hidden(text, covered) if any(covered) else text

    def _parts_in(self, text: bytes) -> list[bytes]:
        return [part for part in self._parts if part in text and part not in self._said]

    def _whole(self, *, as_echo: bool = False) -> list[bytes]:
        """The strings that must not be in an answer; a short word might stand there by chance."""
        secrets = [self.key, self.foreign]
        for credential in (Credential.WRONG, Credential.OTHER_CASE, Credential.SHORTER):
            value = authorization(credential, self.key, self.foreign) or ""
            secrets.append(value.removeprefix("Bearer "))
        chance = [text for text in secrets if text.isalpha() or len(text) < 6]
        return [
            text.encode()
            for text in secrets
            if text and len(text) > 3 and not (as_echo and text in chance)
        ]


def _hidden(text: bytes, covered: bytearray) -> bytes:
    """What is covered stands for a key, one run of it at a time."""
    runs = groupby(zip(covered, text, strict=True), key=lambda pair: pair[0])
    return b"".join(
        REDACTED.encode() if hidden else bytes(each for _, each in run) for hidden, run in runs
    )
