"""A picture by its link, or by a fresh one where that has expired: the steps of a download."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from ..core.effects import Fetch, Send, Sleep
from ..core.envelope import parse_envelope
from ..errors import DownloadError, Imagen4Error
from .transfer import Transfer

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..core.effects import Steps
    from ..core.session import Session
    from ..events import Event

LONGEST_SLEEP = 0.2  # seconds between looks at whether to stop


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
