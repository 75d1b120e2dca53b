"""Fetching one picture: what to ask for, what to accept, when to go on.

Result links expire after about a day (documented), stand on another host than the API, and
are fetched without any credentials.
"""

from __future__ import annotations

import re
import zlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urljoin

from .._version import USER_AGENT
from ..core.effects import Fetch, Send, Sleep
from ..core.envelope import parse_envelope
from ..core.origins import link_as_sent, may_download
from ..errors import DownloadError, Imagen4Error, TransportError
from .encoding import decoder_for
from .formats import HEAD, SHORTEST, suffix_of
from .pictures import disk_errors
from .whole import is_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from threading import Event as Flag

    from ..core.effects import Steps
    from ..core.session import Session
    from ..events import Event

LARGEST = 64 * 1024 * 1024  # bytes of one picture
LONGEST = 300.0  # seconds for one picture, whatever the server does
LONGEST_SLEEP = 0.2  # seconds between looks at whether to stop
ATTEMPTS = 5
REDIRECTS = 5
EXPIRED = (403, 404, 410)
UNCLEAR = (400, 401)  # the body says whether it is that, as of GCS and S3
LONGEST_REFUSAL = 4096  # bytes in which it does
MOVED = (301, 302, 303, 307, 308)
BUSY = (408, 425, 429)
_TOO_OLD = re.compile(rb"expired|\bexp\b", re.IGNORECASE)  # the latter of a JWT, so Supabase
_LENGTH = re.compile("[0-9]{1,18}")
_RANGE = re.compile(r"bytes ([0-9]{1,12})-[0-9]{1,12}/([0-9]{1,12}|\*)")


class TransferError(Exception):
    """The transfer broke off and may be resumed."""


def download_picture(
    session: Session, url: str, file: BinaryIO, retrying: Callable[[float, str], Event]
) -> Steps[str]:
    """Write a picture to the file; its suffix. One fresh link is asked for if this one expired.

    retrying: makes the event that tells of a pause (seconds) and its reason.
    """
    try:
        return (yield from transfer_picture(Transfer(session, url, file), retrying))
    except DownloadError as problem:
        if not problem.expired:
            raise
        link = yield from fresh_link(session, url, problem)
    return (yield from transfer_picture(Transfer(session, link, file), retrying))


def fresh_link(session: Session, url: str, expired: DownloadError) -> Steps[str]:
    """A new link to a picture whose own has expired; raises `expired` where there is none.

    Also after the client was closed: downloads need none that is open, fresh links do.
    """
    call = session.adapter.fresh_link(url)
    if call is None:
        raise expired
    try:
        envelope = parse_envelope((yield Send(call, session.timeout)))
    except Imagen4Error as problem:
        raise expired from problem
    if not envelope.succeeded or not isinstance(envelope.data, str):
        raise expired
    return envelope.data


def transfer_picture(transfer: Transfer, retrying: Callable[[float, str], Event]) -> Steps[str]:
    while transfer.suffix is None:
        try:
            yield Fetch(transfer)
        except DownloadError:
            raise
        except Exception as problem:
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
        self._encoding = ""
        self._decode: Callable[[bytes], Iterable[bytes]] | None = None
        self._refused = 0  # the status, where its body is to say what it means
        self._attempts = 0
        self._redirects = 0
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
        if status >= 500 or status in BUSY:
            raise TransferError(f"HTTP {status}")
        asked_for_rest = "Range" in self.headers()
        self._encoding = headers.get("content-encoding", "").strip().lower()
        if status == 206 and asked_for_rest and not self._encoding and self._resumes(headers):
            return True
        self._restart()
        self._decode = decoder_for(self._encoding)
        if status == 416 or (status == 206 and asked_for_rest):
            raise TransferError("the rest could not be had")
        if status in UNCLEAR:
            self._refused = status
            return True
        if status != 200:
            raise download_refused(status, expired=status in EXPIRED)
        self._identify(headers if self._encoding in ("", "identity") else {})
        return True

    def _identify(self, headers: Mapping[str, str]) -> None:
        """Which version it is and how long, where that is about the bytes as they are."""
        etag = headers.get("etag", "")
        self._etag = etag if etag.startswith('"') else None  # a weak one allows no range
        length = headers.get("content-length", "")
        self._total = int(length) if _LENGTH.fullmatch(length) else None
        self._check_size(self._total or 0)

    def received(self, chunk: bytes) -> None:
        """Write what came, if the whole is still what it should be."""
        self.check_stop()
        take = self._read_refusal if self._refused else self._write
        try:
            for piece in self._decode(chunk) if self._decode else (chunk,):
                take(piece)
        except zlib.error:
            raise TransferError("the picture cannot be unpacked") from None

    def _read_refusal(self, chunk: bytes) -> None:
        self._head += chunk[:LONGEST_REFUSAL]
        if len(self._head) >= LONGEST_REFUSAL:
            self.finished()

    def _write(self, chunk: bytes) -> None:
        if len(self._head) < HEAD:
            self._head += chunk[:HEAD]
            if len(self._head) >= HEAD:
                self._kind()
        self._check_size(self._size + len(chunk))
        self._check_time()
        with disk_errors(self._where or "memory"):
            self._file.write(chunk)
        self._size += len(chunk)

    def finished(self) -> None:
        """The body has ended; whether the picture has is for its content to say."""
        if self._refused:
            expired = _TOO_OLD.search(self._head) is not None
            raise download_refused(self._refused, expired=expired)
        if self._total not in (None, self._size):
            raise TransferError("the picture is not complete")
        suffix = self._kind()
        with disk_errors(self._where or "memory"):
            whole = is_whole(suffix, self._file, checksums=self._in_parts)
            self._file.seek(self._size)
        if not whole:
            if self._total is not None:  # all that the host has: there is no rest to ask for
                self._restart()
            raise TransferError("the picture is not complete")
        self.suffix = suffix

    def broke(self, problem: Exception) -> tuple[float, str]:
        """How long to pause before going on after a failure, and why; raises if it is final."""
        self.check_stop()
        self._check_time()
        self._attempts += 1
        ours = isinstance(problem, (TransferError, TransportError))
        reason = str(problem) if ours else type(problem).__name__
        if self._attempts >= ATTEMPTS:
            cause = problem.__cause__ if ours else None
            raise DownloadError(f"The picture cannot be fetched: {reason}") from cause
        return 0.5 * 2.0 ** (self._attempts - 1), reason

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
        sent, session = link_as_sent(link), self._session
        if sent is None or not may_download(
            sent, allow_http=session.allow_http, from_loopback=session.on_loopback
        ):
            raise DownloadError("The picture's link is not an https URL")
        self.url = sent

    def _check_size(self, size: int) -> None:
        if size > LARGEST:
            raise DownloadError(f"The picture is larger than {LARGEST} bytes")

    def _kind(self) -> str:
        suffix = suffix_of(self._head)
        if suffix is None and len(self._head) < SHORTEST:
            raise TransferError("the picture is not complete")
        if suffix is None and self._encoding and self._decode is None:
            raise DownloadError("The picture comes in an encoding that was not asked for")
        if suffix is None:
            raise DownloadError("What the link holds is not a picture")
        return suffix

    def _resumes(self, headers: Mapping[str, str]) -> bool:
        """Whether a part starts where we stopped, and is one of the same version."""
        part = _RANGE.fullmatch(headers.get("content-range", ""))
        if part is None or int(part[1]) != self._size or headers.get("etag") != self._etag:
            return False
        total = self._total if part[2] == "*" else int(part[2])
        if self._total not in (None, total):
            return False
        self._total, self._in_parts = total, True
        return True

    def _restart(self) -> None:
        self._size, self._head, self._refused, self._in_parts = 0, b"", 0, False
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


def download_refused(status: int, *, expired: bool) -> DownloadError:
    reason = "the link has expired, or never worked" if expired else "unexpected status"
    error = DownloadError(f"The picture cannot be fetched: {reason}", http_status=status)
    error.expired = expired
    return error
