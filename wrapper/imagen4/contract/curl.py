"""A request as a curl command that can be pasted; the key is a shell variable."""

from __future__ import annotations

import re
import shlex
import string
import unicodedata
from typing import TYPE_CHECKING

from .credentials import as_shell

if TYPE_CHECKING:
    from .exchange import HttpRequest

RUN = re.compile(r"(.{1,6}?)\1{199,}", re.DOTALL)
"""A long run of the same few characters, as boundary cases have it."""
PLAIN = string.ascii_letters + string.digits + ' {}[]":,._/'


def curl(request: HttpRequest, base_url: str, variable: str, task: str = "") -> str:
    """The command; long runs are written as the `printf` that makes them.

    `task` is the shell variable that holds the task id to ask for, if that is not the request's.
    """
    words = ["curl", "-sS"]
    if request.method != "GET":
        words += ["-X", request.method]
    if task:
        words += ["-G", shlex.quote(base_url + request.path)]
        words += ["--data-urlencode", f'"{request.query[0][0]}=${task}"']
    else:
        words.append(shlex.quote(base_url + request.target))
    header = as_shell(request.credential, variable)
    if header is not None:
        # curl drops a header given as `Name:`; with a semicolon it is sent empty.
        line = f"Authorization: {header}" if header else "Authorization;"
        words += ["-H", f'"{line}"']
    if request.content_type is not None:
        words += ["-H", shlex.quote(f"Content-Type: {request.content_type}")]
    if request.content is None:
        return " ".join(words)
    if not _is_text(request.content):
        return " ".join(["printf", _octal(request.content), "|", *words, "--data-binary", "@-"])
    return " ".join([*words, "--data-binary", _quoted(request.content.decode())])


def _is_text(content: bytes) -> bool:
    """Whether it can stand in a command; no shell takes NUL, and curl takes `@` for a file."""
    if content.startswith(b"@"):
        return False
    try:
        return not any(unicodedata.category(each) == "Cc" for each in content.decode())
    except UnicodeDecodeError:
        return False


def _octal(content: bytes) -> str:
    """What `printf` makes these bytes of, whichever shell it is."""
    plain = (chr(each) if chr(each) in PLAIN else f"\\{each:03o}" for each in content)
    return "'" + "".join(plain) + "'"


def _quoted(text: str) -> str:
    parts, start = [], 0
    for match in RUN.finditer(text):
        unit = match[1].replace("\\", "\\\\").replace("%", "%%")
        times = (match.end() - match.start()) // len(match[1])
        parts.append(shlex.quote(text[start : match.start()]))
        parts.append(f'"$(printf {shlex.quote(f"{unit}%.0s")} $(seq {times}))"')
        start = match.end()
    return "".join([*parts, shlex.quote(text[start:])])
