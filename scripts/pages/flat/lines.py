"""One line of YAML, taken apart without knowing how far it was indented."""

import re
from dataclasses import dataclass

import yaml

from pages.yamltext import load_value

_DASHES = re.compile(r"(?:-\s+)*(?:-\Z)?")
_QUOTED = r""""(?:[^"\\]|\\.)*"|'(?:[^']|'')*'"""
_KEY = re.compile(rf"""({_QUOTED}|[^\s"'\[\]{{}},&*!|>%@`#].*?)\s*:(?:\s+|\Z)""")
_BLOCK = re.compile(r"[|>][-+\d]*\Z")
_ANCHOR = re.compile(r"&[^\s\[\]{},]+(?:\s+|\Z)")
_ALIAS = re.compile(r"\*[^\s\[\]{},]+\Z")
_NO_VALUE = (yaml.YAMLError, ValueError)  # the latter for numbers of thousands of digits
_EDITORS = re.compile(r"x-(run-in-)?api(dog|fox)")


@dataclass(frozen=True)
class Line:
    """``dashes`` marks, then ``key`` (None for a bare value) and what it ``holds``.

    That is a "value" (``data``), an "alias", a "block" or a "child" that begin on the next
    line, or "text": no structure at all. Whether a line that looks like structure is a
    sentence after all depends on its place. ``editors``: a key of the site's editor, whose
    value means nothing to a client and is skipped like a text.
    """

    text: str
    dashes: int
    key: str | None
    holds: str
    data: object = None
    editors: bool = False


def take_apart(text: str) -> Line:
    """The parts of a line."""
    marks = _DASHES.match(text)
    prefix = marks.group() if marks else ""
    rest = text[len(prefix) :]
    found = _KEY.match(rest)
    if not found and not prefix:
        return Line(text, 0, None, "text")
    try:
        key = str(load_value(found.group(1))) if found else None
    except _NO_VALUE:
        return Line(text, 0, None, "text")
    holds, data = _held(_ANCHOR.sub("", rest[found.end() :] if found else rest))
    editors = not prefix and key is not None and _EDITORS.match(key) is not None
    holds = "block" if editors and holds == "child" else holds
    return Line(text, prefix.count("-"), key, holds, data, editors)


def _held(rest: str) -> tuple[str, object]:
    if not rest:
        return "child", None
    if _BLOCK.match(rest):
        return "block", rest
    if _ALIAS.match(rest):
        return "alias", None
    try:
        data = load_value(rest)
    except _NO_VALUE:
        return "text", None
    plain = rest[0] not in "\"'[{"
    is_text = plain and (" #" in rest or isinstance(data, dict | list))
    return ("text", None) if is_text else ("value", data)
