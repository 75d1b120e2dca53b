"""One paid picture: is it still the same model, at the same price?

The promises are judged as in any run; beyond them stands what a document does not say: what was
charged, how large a picture comes in which format, and how long it takes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

import httpx
from PIL import Image, UnidentifiedImageError

from ..facts.protocol import (
    CREDITS,
    CREDITS_PATH,
    DATA,
    FAIL_MESSAGE,
    RESULT_JSON,
    RESULT_URLS,
    SUCCEEDED,
)
from .cases.allowed import plainest
from .document import shortened
from .exchange import Case, Expect, HttpRequest, Intent, Subject
from .follow import Follower
from .history import Sighting
from .run import patience_for, run_contract
from .strict_json import value_of
from .trace import Trace

if TYPE_CHECKING:
    from .exchange import Exchange
    from .run import RunOptions, RunOutcome, Seams
    from .transport import Sender

MOST_BYTES = 64 * 1024 * 1024
BALANCE = Case(
    HttpRequest("GET", CREDITS_PATH),
    Intent(Expect.OPEN, Subject.POLL, "#/paths", "the account's balance"),
)
BAD_PICTURE = (httpx.HTTPError, httpx.InvalidURL, OSError, Image.DecompressionBombError)
"""What fetching and reading one raises; Pillow's own errors are OSErrors."""


class NoPictureError(Exception):
    """It did not come; the text says why."""


def send_canary(options: RunOptions, seams: Seams | None = None) -> tuple[RunOutcome, Sighting]:
    """Pay for one picture: the judgement of what was exchanged, and what was seen beyond it.

    CouldNotRunError if it cannot begin.
    """
    canary = _Canary()
    outcome = run_contract(replace(options, max_paid=1), seams, converse=canary.converse)
    return outcome, canary.sighting


@dataclass
class _Canary:
    """The conversation about one picture."""

    sighting: Sighting = field(init=False)

    def converse(self, options: RunOptions, sender: Sender, seams: Seams) -> None:
        trace, server = sender.trace, options.server
        before = _balance(sender)
        created = sender.send(plainest(trace.document))
        patience = patience_for(replace(options, phase="full"), seams)
        if trace.tasks:
            Follower(trace.document, sender.send, seams.clock, patience).follow(trace.tasks)
        ends = [poll for task in trace.tasks for poll in task.ended]
        seen = Sighting(
            at=datetime.fromtimestamp(seams.now(), UTC).isoformat(timespec="seconds"),
            gateway=server.gateway,
            model=server.model,
            envelope=tuple(sorted(created.payload)),
            record=tuple(sorted(ends[-1].data)) if ends else (),
            credits=_charged(ends, before, _balance(sender)),
            create_seconds=round(created.seconds, 2),
            task_seconds=round(ends[0].ended - created.sent, 1) if ends else None,
        )
        try:
            kind, width, height = _measure_picture(ends, server.loopback, seams)
            self.sighting = replace(seen, format=kind, width=width, height=height)
        except NoPictureError as problem:
            self.sighting = replace(seen, problem=str(problem))


def _balance(sender: Sender) -> float | None:
    """The account's credits; not among what is judged, for the contract says nothing of it."""
    apart = Trace(sender.trace.document, sender.trace.loopback)
    return _number(replace(sender, trace=apart).send(BALANCE).payload.get(DATA))


def _charged(ends: list[Exchange], before: float | None, after: float | None) -> float | None:
    """What the record says, or else by how much the balance fell; another's task may be in that."""
    told = _number(ends[-1].data.get(CREDITS)) if ends else None
    fell = before - after if before is not None and after is not None else None
    return told if told is not None else fell


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _measure_picture(ends: list[Exchange], loopback: bool, seams: Seams) -> tuple[str, int, int]:
    """Format, width and height of the first picture, in pixels; NoPictureError: there is none."""
    if not ends:
        raise NoPictureError("the task was not seen to end")
    if ends[-1].state != SUCCEEDED:
        raise NoPictureError(f"the task failed: {shortened(repr(ends[-1].data.get(FAIL_MESSAGE)))}")
    try:
        with Image.open(BytesIO(_fetch(_first_url(ends[-1]), loopback, seams))) as picture:
            return picture.format or "", *picture.size
    except UnidentifiedImageError:
        raise NoPictureError("what stands at its URL is no picture") from None
    except BAD_PICTURE as error:
        raise NoPictureError(f"no picture at its URL: {shortened(str(error))}") from None


def _first_url(poll: Exchange) -> str:
    result = value_of(str(poll.data.get(RESULT_JSON)))
    urls = result.get(RESULT_URLS) if isinstance(result, dict) else None
    if not isinstance(urls, list) or not urls or not isinstance(urls[0], str):
        raise NoPictureError("a success without a URL")
    return urls[0]


def _fetch(url: str, loopback: bool, seams: Seams) -> bytes:
    """The bytes, without the key. A gateway elsewhere has no business on this machine."""
    if not loopback and not url.startswith("https://"):
        raise NoPictureError("its URL is not https")
    content = b""
    with (
        httpx.Client(transport=seams.transport, trust_env=not loopback, timeout=30) as client,
        client.stream("GET", url) as response,
    ):
        response.raise_for_status()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > MOST_BYTES:
                raise NoPictureError(f"its picture is larger than {MOST_BYTES} bytes")
    return content
