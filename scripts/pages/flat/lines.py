"""One line of flattened YAML, taken apart without knowing where it belongs.

A line is zero or more ``- `` marks followed by an entry (``key: value``) or a
bare scalar. Whether a line that looks like an entry *is* one, or a sentence of
a description, is for the search to decide.
"""

import re
from dataclasses import dataclass

import yaml

from pages.scalars import plain_value
from pages.yamltext import load_value

_DASHES = re.compile(r"(?:-\s+)*(?:-\Z)?")
_QUOTED_KEY = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*:(?:\s+|\Z)""")
_PLAIN_KEY = re.compile(r"(.*?)\s*:(?:\s+|\Z)")
_BLOCK = re.compile(r"([|>])([-+]?[1-9]?|[1-9][-+])\Z")
_ANCHOR = re.compile(r"&([^\s\[\]{},]+)(?:\s+|\Z)")
_ALIAS = re.compile(r"\*[^\s\[\]{},]+\Z")
_NOT_PLAIN = tuple(",[]{}#&*!|>'\"%@`")


@dataclass(frozen=True)
class Value:
    """What stands after ``key:`` or ``-``.

    ``form``: empty, block, scalar, flow, alias, or open (a quote or bracket that
    is not closed on this line). ``data`` is the value of a complete scalar or flow.
    """

    form: str
    data: object = None
    text: str = ""
    quoted: bool = False


@dataclass(frozen=True)
class Line:
    """``dashes`` marks, then ``key`` (None for a bare value) and its value."""

    number: int
    text: str
    dashes: int
    key: str | None
    value: Value | None


def lex(number: int, text: str) -> Line:
    """Take one line apart; ``value`` is None when it can only be text."""
    marks = _DASHES.match(text)
    prefix = marks.group() if marks else ""
    rest = text[len(prefix) :]
    key, after = _split_key(rest)
    value = _value(after if key is not None else rest)
    return Line(number, text, prefix.count("-"), key, value)


def _split_key(rest: str) -> tuple[str | None, str]:
    quoted = _QUOTED_KEY.match(rest)
    if quoted:
        key = load_value(quoted.group(1))
        return (key, rest[quoted.end() :]) if isinstance(key, str) else (None, rest)
    plain = _PLAIN_KEY.match(rest)
    if not plain or not _is_plain_key(plain.group(1)):
        return None, rest
    return plain.group(1), rest[plain.end() :]


def _is_plain_key(key: str) -> bool:
    return bool(key) and not key.startswith(_NOT_PLAIN) and " #" not in key and key != "?"


def _value(rest: str) -> Value | None:
    anchor = _ANCHOR.match(rest)
    if anchor:
        rest = rest[anchor.end() :]
    if not rest:
        return Value("empty")
    if _BLOCK.match(rest):
        return Value("block", text=rest)
    if _ALIAS.match(rest):
        return Value("alias", text=rest)
    if rest[0] in "\"'[{":
        return _delimited(rest)
    return _plain_scalar(rest)


def _delimited(rest: str) -> Value | None:
    quoted = rest[0] in "\"'"
    try:
        data = load_value(rest)
    except yaml.YAMLError:
        return Value("open", text=rest) if _unclosed(rest) else None
    if quoted:
        return Value("scalar", data, rest, quoted=True) if isinstance(data, str) else None
    return Value("flow", data, rest) if isinstance(data, list | dict) else None


def _unclosed(rest: str) -> bool:
    if rest[0] == "'":
        return rest.count("'") % 2 == 1
    if rest[0] == '"':
        return len(re.findall(r'(?<!\\)"', rest)) == 1
    return rest.count(rest[0]) > rest.count({"[": "]", "{": "}"}[rest[0]])


def _plain_scalar(rest: str) -> Value | None:
    if rest.startswith(_NOT_PLAIN) or rest.startswith(("? ", ": ", "- ")):
        return None
    if ": " in rest or rest.endswith(":") or " #" in rest:
        return None
    return Value("scalar", plain_value(rest), rest)
