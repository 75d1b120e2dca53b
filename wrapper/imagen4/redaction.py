"""Keeping the key and the prompt out of what people read, log and paste."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

HIDDEN = "[hidden]"
SHORTEST = 3  # a shorter prompt gives nothing away, and cutting it out would garble the text
LONGEST_LINE = 300


def redacted(text: str, secrets: Collection[str]) -> str:
    """The text without the secrets, also as JSON spells them, once or twice encoded."""
    spellings = {spelling for secret in secrets for spelling in spelled(secret)}
    for spelling in sorted(spellings, key=len, reverse=True):
        text = text.replace(spelling, HIDDEN)
    return text


def spelled(secret: str) -> Iterator[str]:
    """A secret as it stands in plain text, in JSON, and in JSON inside JSON."""
    if len(secret) < SHORTEST:
        return
    yield secret
    for ascii_only in (True, False):
        once = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        yield once
        yield json.dumps(once, ensure_ascii=ascii_only)[1:-1]
        # kie's `param` is JSON whose `input` is JSON again, inside the answer's own JSON.
        yield json.dumps(json.dumps(once)[1:-1])[1:-1]


def one_line(text: str) -> str:
    """Text from outside, fit for one line of a log: printable, single-spaced, not too long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[:4000]).split())
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…"
