"""Keeping the key and the prompt out of what people read, log and paste."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

HIDDEN = "[hidden]"
SHORTEST = 3  # a shorter prompt gives nothing away, and cutting it out would garble the text
LONGEST_LINE = 300
# JSON writers differ: `\/` (PHP), `\u003C` (Gson, .NET), upper or lower case. Each JSON inside
# JSON doubles the backslashes and adds one: kie's `param` comes to 7 of them.
_ESCAPED = r"\\{1,15}"
_GAP = rf"(?:\s|{_ESCAPED}(?:[bfnrt]|u[0-9a-fA-F]{{4}}))+"


def redacted(text: str, secrets: Collection[str]) -> str:
    """The text without the secrets, however they are spaced and JSON spells them."""
    plain = {" ".join(secret.split()) for secret in secrets}
    longest_first = sorted(plain, key=len, reverse=True)
    patterns = [spelled(secret) for secret in longest_first if len(secret) >= SHORTEST]
    return re.sub("|".join(patterns), HIDDEN, text) if patterns else text


def spelled(secret: str) -> str:
    """A pattern for a secret in plain text, in JSON, and in JSON inside JSON."""
    return _GAP.join("".join(map(character, word)) for word in secret.split())


def character(char: str) -> str:
    """A pattern for one character as it is, after backslashes, or by its number.

    No JSON writer escapes ASCII letters and digits.
    """
    if char.isascii() and char.isalnum():
        return char
    units = char.encode("utf-16-be", "surrogatepass").hex()
    number = _ESCAPED.join(f"u{units[start : start + 4]}" for start in range(0, len(units), 4))
    char = re.escape(char)
    return rf"(?:{char}|{_ESCAPED}(?:{char}|(?i:{number})))"


def one_line(text: str) -> str:
    """Text from outside, fit for one line of a log: printable, single-spaced, not too long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[:4000]).split())
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…"
