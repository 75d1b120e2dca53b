"""Keeping the key and the prompt out of what people read, log and paste."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

HIDDEN = "[hidden]"
SHORTEST = 3  # a shorter prompt gives nothing away, and cutting it out would garble the text
BEGINNING = 16  # so many characters of a secret are hidden, too: long prompts come back cut
LONGEST_LINE = 300
LONGEST_TEXT = 200_000  # characters; nobody is shown as many
# How gateways spell what they repeat. JSON writers differ: `\/` (PHP), `\u003C` (Gson, .NET),
# and each JSON inside JSON doubles the backslashes (kie's `param`). Error pages are HTML, and
# addresses are percent-encoded.
_SPELLINGS = re.compile(
    # What is spelled as itself: most of a text, so taken many words at a time.
    r"(?P<words>[!-$'-*,-\[\]-~]+(?: [!-$'-*,-\[\]-~]+)*)"
    r"|(?P<json>(?:\\++u[0-9a-fA-F]{4})+)|(?P<control>\\++[bfnrt])|(?P<escape>\\++)"
    r"|(?P<percent>(?:%(?:25)*[0-9a-fA-F]{2})+)"
    r"|(?P<html>&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});)"
    r"|(?P<plain>.)",
    re.DOTALL,
)


def redacted(text: str, secrets: Collection[str]) -> str:
    """The text without the secrets, however they are spaced and spelled, in either case.

    Both are brought to one spelling first; there, a plain search finds them in linear time,
    which no pattern made of a prompt can promise. Of a longer text, only the first
    LONGEST_TEXT characters come back.
    """
    text = text[:LONGEST_TEXT]
    if not text or not secrets:
        return text
    try:
        wanted = {spelled_out(secret)[0].strip() for secret in secrets}
        plain, starts, ends = spelled_out(text)
    except (ImportError, LookupError, OSError):
        return HIDDEN  # what decodes cannot be loaded: Python shuts down, or has no file to open
    wanted = {secret for secret in wanted if len(secret) >= SHORTEST}
    found = sorted(span for secret in wanted for span in occurrences(plain, secret))
    pieces, at = list[str](), 0
    for first, last in found:
        start, end = starts[first], ends[last]
        if start >= at:
            pieces += [text[at:start], HIDDEN]
        at = max(at, end)
    return "".join((*pieces, text[at:]))


def clue(secret: str) -> str:
    """Its longest run of ASCII letters and digits, which nobody spells in another way."""
    return max(re.findall("[A-Za-z0-9]+", secret), key=len, default="")


def occurrences(plain: str, secret: str) -> Iterator[tuple[int, int]]:
    """Where the secret stands, or its beginning: the first and the last character of each."""
    for wanted in (secret, secret[:BEGINNING]):
        at = plain.find(wanted)
        while at >= 0:
            pairs = zip(secret, plain[at : at + len(secret)], strict=False)
            length = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
            yield at, at + length - 1
            at = plain.find(wanted, at + length)


def spelled_out(text: str) -> tuple[str, list[int], list[int]]:
    """The text without escapes and cases; where each of its characters began, and ended.

    Runs of spaces, and of what is not printable, become one space. So does `+`, as in
    forms; secret and text are treated alike, so that nothing is missed by it.
    """
    plain, starts, ends = list[str](), list[int](), list[int]()
    for match in _SPELLINGS.finditer(text):
        start, end = match.span()
        if match.lastgroup == "words":
            plain.append(match[0].lower())
            starts += range(start, end)
            ends += range(start + 1, end + 1)
            continue
        for char in decoded_spelling(match).casefold():
            blank = char in " +" or not char.isprintable()
            if not (blank and plain and plain[-1] == " "):
                plain.append(" " if blank else char)
                starts.append(start)
                ends.append(end)
    return "".join(plain), starts, ends


def decoded_spelling(match: re.Match[str]) -> str:
    """What one spelling stands for."""
    found = match[0]
    if match.lastgroup == "json":
        units = bytes.fromhex(re.sub(r"\\+u", "", found))
        return units.decode("utf-16-be", "replace").replace("\\", "")
    if match.lastgroup == "percent":
        return unquote(re.sub("%(?:25)+(?=[0-9a-fA-F]{2})", "%", found)).replace("\\", "")
    if match.lastgroup == "html":
        from html import unescape  # its tables take longer to load than most of this package

        return unescape(found)
    return {"control": " ", "escape": ""}.get(match.lastgroup or "", found)


def one_line(text: str) -> str:
    """Text from outside, fit for one line of a log: printable, single-spaced, not too long."""
    text = text[:4000]
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…"
