"""What a host says instead of a picture."""

from __future__ import annotations

import re

from ..errors import DownloadError

EXPIRED = (403, 404, 410)
LONGEST = 4096  # bytes in which it is said
# In the words of stores, of tokens (`exp` is a claim of a JWT), and of pages for people.
_TOO_OLD = re.compile(
    rb"expired|expiry|\bexp\b|out of date|time frame|no longer|not[ _-]?found|no ?such"
    + "|过期|失效".encode(),
    re.IGNORECASE,
)
_NO_TEXT = re.compile(rb"[\x00-\x08]")


class NoPicture:
    """An answer without a picture: its words tell whether the link has expired, or else what.

    Of a page with status 200, too: not every host has another one for that.
    """

    def __init__(self, text: str, status: int | None = None) -> None:
        self._text = text
        self._status = status
        self._said = b""

    def read(self, chunk: bytes) -> None:
        """Raises DownloadError when that was enough, or says nothing."""
        self._said += chunk[:LONGEST]
        if len(self._said) >= LONGEST or _NO_TEXT.search(self._said):
            raise self.error()

    def error(self) -> DownloadError:
        """With status 200 it is a guess, which is told: a page before the host says that, too."""
        found = _TOO_OLD.search(self._said)
        if found and self._status is not None:
            return link_expired(self._status)
        said = f", and says {found[0].decode()!r}" if found else ""
        error = DownloadError(f"{self._text}{said}", http_status=self._status)
        error.expired = bool(found)
        return error


def link_expired(status: int) -> DownloadError:
    text = "The picture cannot be fetched: the link has expired, or never worked"
    error = DownloadError(text, http_status=status)
    error.expired = True
    return error


def unexpected(status: int) -> NoPicture:
    return NoPicture("The picture cannot be fetched: unexpected status", status)
