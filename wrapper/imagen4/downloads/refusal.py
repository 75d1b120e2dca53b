"""What a host says instead of a picture."""

from __future__ import annotations

import re

from ..errors import DownloadError

EXPIRED = (403, 404, 410)
UNCLEAR = (400, 401)  # the body says whether it is that, as of GCS and S3
LONGEST = 4096  # bytes in which it does
_TOO_OLD = re.compile(rb"expired|\bexp\b", re.IGNORECASE)  # the latter of a JWT, so Supabase


class UnclearRefusal:
    """One whose body is to say what it means."""

    def __init__(self, status: int) -> None:
        self._status = status
        self._said = b""

    def read(self, chunk: bytes) -> None:
        """Raises DownloadError when that was enough."""
        self._said += chunk[:LONGEST]
        if len(self._said) >= LONGEST:
            raise self.error()

    def error(self) -> DownloadError:
        return download_refused(self._status, expired=_TOO_OLD.search(self._said) is not None)


def download_refused(status: int, *, expired: bool) -> DownloadError:
    reason = "the link has expired, or never worked" if expired else "unexpected status"
    error = DownloadError(f"The picture cannot be fetched: {reason}", http_status=status)
    error.expired = expired
    return error
