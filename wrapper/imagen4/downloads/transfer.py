"""Fetching one picture: what to ask for, what to accept, when to go on.

Result links expire after about a day (documented), stand on another host than the API, and
are fetched without any credentials.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urljoin

from .._version import USER_AGENT
from ..core.envelope import retry_after_in
from ..core.redaction import one_line
from ..core.session import followed
from ..errors import DownloadError, TransportError
from .encoding import Unpacking
from .formats import SHORTEST
from .partial import Partial
from .ranges import part_in
from .refusal import EXPIRED, NoPicture, link_expired, unexpected

if TYPE_CHECKING:
    from collections.abc import Mapping
    from threading import Event as Flag

    from ..core.session import Session

LONGEST = 300.0  # seconds for one picture, whatever the server does
LONGEST_NAME = 60  # characters of a media type
ATTEMPTS = 5
REDIRECTS = 5
MOVED = (301, 302, 303, 307, 308)
BUSY = (408, 425, 429)
LONGEST_WISH = 60.0  # seconds that a busy host may have us wait; who wants more is not ready soon


class TransferError(Exception):
    """The transfer broke off and may be resumed, after so many seconds if the host says so."""

    def __init__(self, reason: str, wish: float = 0.0) -> None:
        super().__init__(reason)
        self.wish = wish if wish <= LONGEST_WISH else 0.0


class Transfer:
    """The course of one download, over as many requests as it takes."""

    def __init__(self, session: Session, url: str, file: BinaryIO) -> None:
        self.url = ""
        self.suffix: str | None = None
        self.stop: Flag | None = None  # set by another thread to end this one
        self._session = session
        self._partial = Partial(file)
        self._until = session.clock() + LONGEST
        self._unpacking = Unpacking("")
        self._refusal: NoPicture | None = None
        self._asked_for_rest = False
        self._status = 0
        self._said_to_be = ""
        self._attempts = 0
        self._redirects = 0
        self._link = url
        self._lead_to(url)

    @property
    def left(self) -> float:
        """Seconds until the picture has taken too long."""
        return self._until - self._session.clock()

    def headers(self) -> dict[str, str]:
        """Bytes as they are, and only the missing ones if the server can tell the file apart."""
        headers = {"Accept": "image/*", "Accept-Encoding": "identity", "User-Agent": USER_AGENT}
        here = self._partial
        if here.size and here.etag:
            headers |= {"Range": f"bytes={here.size}-", "If-Range": here.etag}
        return headers

    def opened(self, status: int, headers: Mapping[str, str]) -> bool:
        """Whether a body is to be received now; False after a redirect."""
        if status in MOVED and "location" in headers:
            self._redirect(headers["location"])
            return False
        self._status = status
        if status >= 500 or status in BUSY:
            wish = retry_after_in(headers, self._session.now())
            raise TransferError(f"HTTP {status}", wish or 0.0)
        self._asked_for_rest = "Range" in self.headers()
        encoding = headers.get("content-encoding", "").strip().lower()
        rest = status == 206 and self._asked_for_rest and not encoding
        if rest and self._partial.resumes(headers):
            return True
        self._restart()
        self._unpacking = Unpacking(encoding)
        if status in EXPIRED:
            raise link_expired(status)
        if status == 416 or (self._asked_for_rest and (status == 206 or status >= 400)):
            raise TransferError("the rest could not be had")
        if status >= 400:
            self._refusal = unexpected(status)
        elif not 200 <= status < 300 or not self._is_all(status, headers):
            raise unexpected(status).error()
        else:
            self._partial.identify(headers if encoding in ("", "identity") else {})
            self._said_to_be = one_line(headers.get("content-type", ""))[:LONGEST_NAME]
        return True

    @staticmethod
    def _is_all(status: int, headers: Mapping[str, str]) -> bool:
        """Whether an answer may be all of the picture, although it is called a part."""
        part = part_in(headers)
        return status != 206 or part is None or part.start == 0

    def received(self, chunk: bytes) -> None:
        """Write what came, if the whole is still what it should be."""
        self.check_stop()
        self._check_time()
        try:
            for piece in self._unpacking.pieces(chunk):
                (self._refusal.read if self._refusal else self._write)(piece)
        except zlib.error:
            raise TransferError("the picture cannot be unpacked") from None
        if self._unpacking.packed:
            self._partial.doubt()

    def _write(self, chunk: bytes) -> None:
        before = self._partial.head
        if self._partial.begins_otherwise(chunk):
            self._refusal = self._no_picture()
            self._refusal.read(before + chunk)
            return
        self._check_time()
        self._partial.write(chunk)

    def finished(self) -> None:
        """The body has ended; whether the picture has is for its content to say."""
        if self._refusal:
            raise self._refusal.error()
        if not self._partial.complete:
            raise TransferError("the picture is not complete")
        suffix = self._kind()
        if not self._partial.holds(suffix):
            if self._partial.total is not None:  # all that the host has: there is no rest
                self._restart()
            raise TransferError("the picture is not complete")
        self.suffix = suffix

    def rescued(self) -> bool:
        """Whether the picture is there although every attempt broke off.

        Some hosts count its bytes wrong, each time. Before the last attempt that proves nothing:
        what stands behind a picture, such as a second one, may be missing.
        """
        suffix = self._partial.suffix
        last = self._attempts + 1 >= ATTEMPTS
        if last and suffix is not None and not self._refusal and self._partial.holds(suffix):
            self.suffix = suffix
        return self.suffix is not None

    def broke(self, problem: Exception) -> tuple[float, str]:
        """How long to pause before going on after a failure, and why; raises if it is final."""
        self.check_stop()
        self._check_time()
        self._attempts += 1
        ours = isinstance(problem, (TransferError, TransportError))
        reason = str(problem) if ours else type(problem).__name__
        if self._attempts >= ATTEMPTS:
            cause = problem.__cause__ if ours else None
            status = None if 200 <= self._status < 300 else self._status or None
            text = f"The picture cannot be fetched: {reason}"
            raise DownloadError(text, http_status=status) from cause
        self._redirects = 0
        self._lead_to(self._link)  # where that led to may be good for one request
        wish = problem.wish if isinstance(problem, TransferError) else 0.0
        return min(max(0.5 * 2.0 ** (self._attempts - 1), wish), self.left), reason

    def abandon(self) -> None:
        """Leave nothing on the disk: another thread may hang in it as the program ends."""
        self._partial.abandon()

    def check_stop(self) -> None:
        if self.stop is not None and self.stop.is_set():
            raise DownloadError("The download was stopped")

    def _check_time(self) -> None:
        if self.left < 0:
            raise DownloadError(f"The picture took longer than {LONGEST:g} s")

    def _lead_to(self, link: str) -> None:
        sent = followed(self._session, link)
        if sent is None:
            raise DownloadError("The picture's link is not an https URL")
        self.url = sent

    def _kind(self) -> str:
        suffix, head = self._partial.suffix, self._partial.head
        if suffix is not None:
            return suffix
        if len(head) < SHORTEST:
            raise TransferError("the picture is not complete")
        refusal = self._no_picture()
        refusal.read(head)
        raise refusal.error()

    def _no_picture(self) -> NoPicture:
        """What to say of it; but the whole may be one where only the rest was asked for."""
        if self._asked_for_rest:
            self._restart()
            raise TransferError("the rest could not be had")
        if self._unpacking.strange:
            return NoPicture("The picture comes in an encoding that was not asked for")
        said = f" that is known here, but {self._said_to_be}" if self._said_to_be else ""
        return NoPicture(f"What the link holds is not a picture{said}")

    def _restart(self) -> None:
        self._refusal = None
        self._partial.restart()

    def _redirect(self, location: str) -> None:
        self._redirects += 1
        if self._redirects > REDIRECTS:
            raise DownloadError("The picture's link redirects too often")
        try:
            self._lead_to(urljoin(self.url, location))
        except ValueError:
            raise DownloadError("The picture's link redirects to nowhere") from None
