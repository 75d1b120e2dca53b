"""The log: what is written there beside the events."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from .core.envelope import parse_envelope
from .errors import Imagen4Error

if TYPE_CHECKING:
    from .core.effects import Send
    from .events import Event

logger = logging.getLogger("imagen4")


def log_exchange(send: Send) -> None:
    """One exchange, at DEBUG: the status, the envelope's code, how long it took, which attempt."""
    if send.began is None or send.ended is None:
        return
    brought = "no answer"
    if (answer := send.answer) is not None:
        code = parse_envelope(answer).code
        brought = f"HTTP {answer.status}, " + ("no code" if code is None else f"code {code}")
    text = "%s: %s %s: %s, %.3f s, attempt %d"
    seconds = send.ended - send.began
    call = send.call
    logger.debug(text, call.gateway, call.method, call.path, brought, seconds, send.attempt)


def log_listener_error(event: Event, problem: Exception) -> None:
    """A listener that raises loses nothing that is paid for. Of a ledger, its words say it all."""
    name = type(event).__name__ + (f" of task {event.task_id}" if event.task_id else "")
    ours = isinstance(problem, Imagen4Error)
    why, trace = (f" ({problem})", None) if ours else ("", problem)
    logger.warning("%s: a listener raised at %s%s", event.gateway, name, why, exc_info=trace)
