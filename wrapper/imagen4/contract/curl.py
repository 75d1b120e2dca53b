"""A request as a curl command that can be pasted; the key is a shell variable."""

import re
import shlex

from imagen4.contract.credentials import as_shell
from imagen4.contract.exchange import Request

RUN = re.compile(r"(.)\1{199,}", re.DOTALL)
"""A long run of one character, as boundary cases have it."""


def curl(request: Request, base_url: str, variable: str) -> str:
    """The command; runs of one character are written as the `printf` that makes them."""
    words = ["curl", "-sS"]
    if request.method != "GET":
        words += ["-X", request.method]
    words.append(shlex.quote(base_url + request.target))
    header = as_shell(request.credential, variable)
    if header is not None:
        # curl drops a header given as `Name:`; with a semicolon it is sent empty.
        line = f"Authorization: {header}" if header else "Authorization;"
        words += ["-H", f'"{line}"']
    if request.content_type is not None:
        words += ["-H", shlex.quote(f"Content-Type: {request.content_type}")]
    if request.content is not None:
        words += ["--data-binary", _quoted(request.content)]
    return " ".join(words)


def _quoted(content: bytes) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return "$'" + "".join(f"\\x{byte:02x}" for byte in content) + "'"
    parts, start = [], 0
    for match in RUN.finditer(text):
        character = shlex.quote(match[1] + "%.0s") if match[1] != "%" else "'%%%.0s'"
        times = match.end() - match.start()
        parts.append(shlex.quote(text[start : match.start()]))
        parts.append(f'"$(printf {character} $(seq {times}))"')
        start = match.end()
    return "".join([*parts, shlex.quote(text[start:])])
