"""Deciding how one picture is fetched: what to ask for, what to accept, when to go on.

Result links expire after about a day (documented), stand on another host than the API, and
are fetched without any credentials.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

from .envelope import whole_number
from .errors import DownloadError, Imagen4Error
from .origins import may_download

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LARGEST_PICTURE = 64 * 1024 * 1024
LONGEST_DOWNLOAD = 300.0  # seconds, whatever the server does
ATTEMPTS = 5
REDIRECTS = 5
EXPIRED = (403, 404, 410)
MOVED = (301, 302, 303, 307, 308)
BUSY = (408, 425, 429)
# (start of the file, what follows after four or eight bytes, suffix)
_KINDS: tuple[tuple[bytes, int, bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", 0, b"", ".png"),
    (b"\xff\xd8\xff", 0, b"", ".jpg"),
    (b"RIFF", 8, b"WEBP", ".webp"),
    (b"GIF87a", 0, b"", ".gif"),
    (b"GIF89a", 0, b"", ".gif"),
    (b"", 4, b"ftypavif", ".avif"),
)
HEAD = 16  # bytes that tell the kind


class TransferError(Exception):
    """The transfer broke off and may be resumed."""


def suffix_of(head: bytes) -> str | None:
    """The suffix of the kind of picture that begins like this; None for anything else."""
    for start, offset, mark, suffix in _KINDS:
        if head.startswith(start) and head.startswith(mark, offset):
            return suffix
    return None


class Transfer:
    """The course of one download, over as many requests as it takes."""

    def __init__(
        self,
        url: str,
        *,
        allow_http: bool,
        clock: Callable[[], float],
        largest: int = LARGEST_PICTURE,
    ) -> None:
        self.url = url
        self.size = 0
        self.suffix: str | None = None
        self._allow_http = allow_http
        self._clock = clock
        self._until = clock() + LONGEST_DOWNLOAD
        self._largest = largest
        self._head = b""
        self._etag: str | None = None
        self._attempts = 0
        self._redirects = 0
        self.check_url()

    @property
    def secure(self) -> bool:
        """Whether the link is https. On this machine, without it, no proxy is wanted."""
        return self.url.lower().startswith("https:")

    def check_url(self) -> None:
        if not may_download(self.url, allow_http=self._allow_http):
            raise DownloadError("The picture's link is not an https URL")

    def headers(self) -> dict[str, str]:
        """As they are: no compression, and what is missing only, if the file can be told apart."""
        headers = {"Accept": "image/*", "Accept-Encoding": "identity", "User-Agent": "imagen4"}
        if self.size and self._etag:
            headers |= {"Range": f"bytes={self.size}-", "If-Range": self._etag}
        return headers

    def opened(self, status: int, headers: Mapping[str, str]) -> bool:
        """Whether a body is to be read now; False after a redirect. Sets where it belongs."""
        if status in MOVED and "location" in headers:
            self.redirect(headers["location"])
            return False
        if status >= 500 or status in BUSY:
            raise TransferError(f"HTTP {status}")
        if status == 206 and self.resumes(headers.get("content-range", "")):
            return True
        self.size, self._head = 0, b""
        if status == 416:
            raise TransferError("the rest could not be had")
        if status != 200:
            raise self.refused(status)
        etag = headers.get("etag", "")
        self._etag = etag if etag.startswith('"') else None  # a weak one does not allow a range
        self.check_size(whole_number(headers.get("content-length")) or 0)
        return True

    def resumes(self, content_range: str) -> bool:
        """Whether a partial answer starts where we stopped."""
        return self.size > 0 and content_range.startswith(f"bytes {self.size}-")

    def refused(self, status: int) -> DownloadError:
        expired = status in EXPIRED
        reason = "the link has expired, or never worked" if expired else "unexpected status"
        error = DownloadError(f"The picture cannot be fetched: {reason}", http_status=status)
        error.expired = expired
        return error

    def redirect(self, location: str) -> None:
        self._redirects += 1
        if self._redirects > REDIRECTS:
            raise DownloadError("The picture's link redirects too often")
        try:
            self.url = urljoin(self.url, location)
        except ValueError:
            raise DownloadError("The picture's link redirects to nowhere") from None
        self.check_url()

    def received(self, chunk: bytes) -> None:
        """Take note of a piece, before it is written."""
        if len(self._head) < HEAD:
            self._head += chunk[:HEAD]
            if len(self._head) >= HEAD and suffix_of(self._head) is None:
                raise DownloadError("What the link holds is not a picture")
        self.check_size(self.size + len(chunk))
        if self._clock() > self._until:
            raise DownloadError(f"The picture took longer than {LONGEST_DOWNLOAD:g} s")
        self.size += len(chunk)

    def check_size(self, size: int) -> None:
        if size > self._largest:
            raise DownloadError(f"The picture is larger than {self._largest} bytes")

    def finished(self) -> None:
        """The body has ended as it should."""
        self.suffix = suffix_of(self._head)
        if self.suffix is None:
            raise DownloadError("What the link holds is not a picture")

    def broke(self, problem: Exception) -> float:
        """How long to pause before going on after a failure; raises if it is final."""
        if isinstance(problem, Imagen4Error):
            raise problem
        self._attempts += 1
        reason = str(problem) if isinstance(problem, TransferError) else type(problem).__name__
        if self._attempts >= ATTEMPTS:
            raise DownloadError(f"The picture cannot be fetched: {reason}") from None
        return 0.5 * 2.0 ** (self._attempts - 1)
