"""Write YAML the way the documentation sites do, and flatten it the way a scraper does.

The sites use js-yaml: two spaces, lists indented, text folded at column 80 but never
to less than 40 characters.
"""

import re
from typing import Any

from pages.scalars import plain_value

_PLAIN = re.compile(r"[A-Za-z0-9/($][^\n]*")
_WORD = re.compile(r"(true|false|null|yes|no|on|off|y|n|~)\Z", re.IGNORECASE)


def write(document: Any) -> str:
    """The document as YAML text."""
    return "".join(line + "\n" for line in _lines(document, 0))


def flatten(text: str) -> str:
    """The text without indentation and blank lines."""
    return "".join(line.strip() + "\n" for line in text.splitlines() if line.strip())


def _lines(node: Any, column: int) -> list[str]:
    lines: list[str] = []
    if isinstance(node, dict):
        for key, value in node.items():
            lines += _entry(" " * column + _scalar(key, 80) + ":", value, column)
    else:
        for value in node:
            if isinstance(value, dict | list) and value:
                inner = _lines(value, column + 2)
                lines += [" " * column + "- " + inner[0].lstrip(" "), *inner[1:]]
            else:
                lines += _entry(" " * column + "-", value, column)
    return lines


def _entry(head: str, value: Any, column: int) -> list[str]:
    if isinstance(value, dict | list) and value:
        return [head, *_lines(value, column + 2)]
    if isinstance(value, str):
        return _text(head, value, column + 2)
    return [f"{head} {_scalar(value, 80)}"]


def _text(head: str, value: str, column: int) -> list[str]:
    room = max(40, 80 - column)
    body = value.rstrip("\n")
    if not body or value != value.strip(" ") or "\n\n\n" in value:
        return [f"{head} {_quoted(value)}"]
    wide = any(len(line) > room for line in body.split("\n"))
    if not wide and "\n" not in value:
        return [f"{head} {_scalar(value, room)}"]
    chomp = "-" if value == body else ""
    pad = " " * column
    if not wide:
        return [f"{head} |{chomp}", *(pad + line if line else "" for line in body.split("\n"))]
    lines: list[str] = []
    for number, line in enumerate(body.split("\n")):
        lines += ([""] if number else []) + [pad + part for part in _folded(line, room)]
    return [f"{head} >{chomp}", *lines]


def _folded(line: str, room: int) -> list[str]:
    words, lines = line.split(" "), []
    for word in words:
        if lines and len(lines[-1]) + 1 + len(word) <= room:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return [line.rstrip() for line in lines] if line else [""]


def _scalar(value: Any, room: int) -> str:
    del room
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return value if _is_plain(value) else _quoted(value)
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    return repr(value)


def _is_plain(value: str) -> bool:
    return (
        _PLAIN.fullmatch(value) is not None
        and not _WORD.match(value)
        and isinstance(plain_value(value), str)
        and not (value[0].isdigit() and (":" in value or "_" in value))
        and ": " not in value
        and " #" not in value
        and not value.endswith((":", " "))
    )


def _quoted(value: str) -> str:
    if "\n" in value:
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    return "'" + value.replace("'", "''") + "'"
