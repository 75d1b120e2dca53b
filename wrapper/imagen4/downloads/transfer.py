"""Fetching one picture: what to ask for, what to accept, when to go on.

Result links expire after about a day (documented), stand on another host than the API, and
are fetched without any credentials.
"""

from __future__ import annotations

import zlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urljoin

from .._version import USER_AGENT
from ..core.effects import Fetch, Sleep
from ..core.envelope import retry_after_in
from ..core.redaction import one_line
from ..core.session import followed
from ..errors import DownloadError, TransportError
from .encoding import Unpacking
from .formats import HEAD, SHORTEST, suffix_of
from .pictures import disk_errors
from .ranges import part_in, total_in
from .refusal import EXPIRED, NoPicture, link_expired, unexpected
from .whole import is_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from threading import Event as Flag

    from ..core.effects import Steps
    from ..core.session import Session
    from ..events import Event

LARGEST = 64 * 1024 * 1024  # bytes of one picture
LONGEST = 300.0  # seconds for one picture, whatever the server does
LONGEST_NAME = 60  # characters of a media type
LONGEST_SLEEP = 0.2  # seconds between looks at whether to stop
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


def transfer_picture(transfer: Transfer, retrying: Callable[[float, str], Event]) -> Steps[str]:
    while transfer.suffix is None:
        try:
            yield Fetch(transfer)
        except DownloadError:
            raise
        except Exception as problem:
            if not transfer.rescued():
                pause, reason = transfer.broke(problem)
                yield retrying(pause, reason)
                yield from pause_of(transfer, pause)
    return transfer.suffix


def pause_of(transfer: Transfer, seconds: float) -> Steps[None]:
    """Sleep; where another thread may end the download, a little at a time."""
    longest = seconds if transfer.stop is None else LONGEST_SLEEP
    while seconds > 0:
        yield Sleep(min(seconds, longest))
        seconds -= longest
        transfer.check_stop()


class Transfer:
    """The course of one download, over as many requests as it takes."""

    def __init__(self, session: Session, url: str, file: BinaryIO) -> None:
        self.url = ""
        self.suffix: str | None = None
        self.stop: Flag | None = None  # set by another thread to end this one
        self._session = session
        self._file = file
        self._where: str | None = getattr(file, "name", None)
        self._until = session.clock() + LONGEST
        self._size = 0
        self._total: int | None = None  # what the server says the whole comes to
        self._head = b""
        self._etag: str | None = None
        self._in_parts = False
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
        if self._size and self._etag:
            headers |= {"Range": f"bytes={self._size}-", "If-Range": self._etag}
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
        if status == 206 and self._asked_for_rest and not encoding and self._resumes(headers):
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
            self._identify(headers if encoding in ("", "identity") else {})
            self._said_to_be = one_line(headers.get("content-type", ""))[:LONGEST_NAME]
        return True

    @staticmethod
    def _is_all(status: int, headers: Mapping[str, str]) -> bool:
        """Whether an answer may be all of the picture, although it is called a part."""
        part = part_in(headers)
        return status != 206 or part is None or part.start == 0

    def _identify(self, headers: Mapping[str, str]) -> None:
        """Which version it is and how long, where that is about the bytes as they are."""
        etag = headers.get("etag", "")
        self._etag = etag if etag.startswith('"') else None  # a weak one allows no range
        self._total = total_in(headers)
        self._check_size(self._total or 0)

    def received(self, chunk: bytes) -> None:
        """Write what came, if the whole is still what it should be."""
        self.check_stop()
        self._check_time()
        try:
            for piece in self._unpacking.pieces(chunk):
                (self._refusal.read if self._refusal else self._write)(piece)
        except zlib.error:
            raise TransferError("the picture cannot be unpacked") from None
        if self._unpacking.packed:  # what was said is about something else
            self._etag = self._total = None

    def _write(self, chunk: bytes) -> None:
        if len(self._head) < HEAD:
            before, self._head = self._head, self._head + chunk[:HEAD]
            if len(self._head) >= HEAD and suffix_of(self._head) is None:
                self._refusal = self._no_picture()
                self._refusal.read(before + chunk)
                return
        self._check_size(self._size + len(chunk))
        self._check_time()
        with disk_errors(self._where or "memory"):
            self._file.write(chunk)
        self._size += len(chunk)

    def finished(self) -> None:
        """The body has ended; whether the picture has is for its content to say."""
        if self._refusal:
            raise self._refusal.error()
        if self._total not in (None, self._size):
            raise TransferError("the picture is not complete")
        suffix = self._kind()
        if not self._holds(suffix):
            if self._total is not None:  # all that the host has: there is no rest to ask for
                self._restart()
            raise TransferError("the picture is not complete")
        self.suffix = suffix

    def _holds(self, suffix: str) -> bool:
        """Whether what was written is all of a picture."""
        with disk_errors(self._where or "memory"):
            whole = is_whole(suffix, self._file, checksums=self._in_parts)
            self._file.seek(self._size)
        return whole

    def rescued(self) -> bool:
        """Whether the picture is there although every attempt broke off.

        Some hosts count its bytes wrong, each time. Before the last attempt that proves nothing:
        what stands behind a picture, such as a second one, may be missing.
        """
        suffix = suffix_of(self._head)
        last = self._attempts + 1 >= ATTEMPTS
        if last and suffix is not None and not self._refusal and self._holds(suffix):
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
        if self._where is not None:
            with suppress(OSError):
                Path(self._where).unlink()

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

    def _check_size(self, size: int) -> None:
        if size > LARGEST:
            raise DownloadError(f"The picture is larger than {LARGEST} bytes")

    def _kind(self) -> str:
        suffix = suffix_of(self._head)
        if suffix is not None:
            return suffix
        if len(self._head) < SHORTEST:
            raise TransferError("the picture is not complete")
        refusal = self._no_picture()
        refusal.read(self._head)
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

    def _resumes(self, headers: Mapping[str, str]) -> bool:
        """Whether a part starts where we stopped, and is one of the same version."""
        part = part_in(headers)
        if part is None or part.start != self._size or headers.get("etag") != self._etag:
            return False
        total = self._total if part.total is None else part.total
        if self._total not in (None, total):
            return False
        self._total, self._in_parts = total, True
        return True

    def _restart(self) -> None:
        self._size, self._head, self._refusal, self._in_parts = 0, b"", None, False
        with disk_errors(self._where or "memory"):
            self._file.seek(0)
            self._file.truncate()

    def _redirect(self, location: str) -> None:
        self._redirects += 1
        if self._redirects > REDIRECTS:
            raise DownloadError("The picture's link redirects too often")
        try:
            self._lead_to(urljoin(self.url, location))
        except ValueError:
            raise DownloadError("The picture's link redirects to nowhere") from None
