"""Finding an answer in what came over the socket, where the rules of HTTP find none.

A server or proxy may write a header that no parser takes, announce an encoding or a framing that
the body does not have, or count its bytes wrong; the id of a paid task is in it all the same.
"""

from __future__ import annotations

import re
import zlib
from contextlib import suppress

from ..core.answer import json_value

LARGEST_ANSWER = 4 * 1024 * 1024  # bytes, unpacked
_STATUS = re.compile(rb"\s*HTTP/[0-9.]+ +([1-9][0-9][0-9])")
_BLANK_LINE = re.compile(rb"\n\r?\n")
_OBJECT = re.compile(rb"(?m)^(?=\{)")
_ENCODING = re.compile(rb"(?im)^content-encoding:[ \t]*([a-z-]+)")
_GZIP, _GZIPPED = b"\x1f\x8b", 16 + zlib.MAX_WBITS  # what it begins with, and zlib's word for it
_CHUNK = re.compile(rb"(?:\A|\r\n)[0-9A-Fa-f]{1,8}(?:;[^\r\n]*)?\r\n")


def by_eye(heard: bytes) -> tuple[int, bytes]:
    """The status (0 for none) and the body of an answer, as a person would read it."""
    status, head, body = 0, b"", heard
    while (found := _STATUS.match(body)) and status < 200:  # before an answer may stand 100s
        status = int(found[1])
        head, *rest = _BLANK_LINE.split(body, 1)
        rest = rest or _OBJECT.split(body, 1)[1:]
        body = rest[0] if rest else b""
    if _CHUNK.match(body):
        body = _CHUNK.sub(b"", body)
    encoding = _ENCODING.search(head)
    return status, unpacked(body, encoding[1].decode().lower() if encoding else "")


def unpacked(body: bytes, encoding: str) -> bytes:
    """The body without gzip or deflate, as far as it can be unpacked.

    At most one byte too long; what is only said to be packed, or gives nothing, is left alone.
    """
    if body.startswith(_GZIP):
        return inflated(body, _GZIPPED) or body
    if encoding != "deflate" or isinstance(json_value(body), dict):
        return body
    return inflated(body, zlib.MAX_WBITS) or inflated(body, -zlib.MAX_WBITS) or body


def inflated(packed: bytes, window: int) -> bytes:
    """Byte by byte where it is spoiled, so that nothing before that is lost."""
    with suppress(zlib.error):
        return zlib.decompressobj(window).decompress(packed, LARGEST_ANSWER + 1)
    inflate, found = zlib.decompressobj(window), bytearray()
    with suppress(zlib.error):
        for place in range(len(packed)):
            found += inflate.decompress(packed[place : place + 1])
            if len(found) > LARGEST_ANSWER:
                break
    return bytes(found)


def breaks_off(body: bytes) -> bool:
    """Whether this is gzip that is spoiled, or has no end."""
    if not body.startswith(_GZIP):
        return False
    inflate = zlib.decompressobj(_GZIPPED)
    with suppress(zlib.error):
        inflate.decompress(body, LARGEST_ANSWER + 1)
    return not inflate.eof
