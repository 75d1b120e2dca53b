"""The creates of the sync client that are out, for whoever closes it on another thread."""

from __future__ import annotations

import os
from threading import Lock, get_ident
from typing import TYPE_CHECKING

from .workers import LOOK

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..core.answer import Answer
    from ..core.effects import Send


class OpenCreates:
    """Each with a lock, written in C, that is held as long as the create is out.

    A closed client must not cut them off: their tasks' ids would be lost. Those of this thread
    (in a signal's handler, say), or of the process that this one was forked from, would be
    waited for in vain.
    """

    def __init__(self) -> None:
        self._out: dict[Lock, tuple[int, int, Send]] = {}

    def send(self, create: Send, send: Callable[[Send], Answer]) -> Answer:
        over = Lock()
        over.acquire()
        about = os.getpid(), get_ident(), create
        try:
            self._out[over] = about
            return send(create)
        finally:
            over.release()
            self._out.pop(over, None)

    def wait(self, announce: Callable[[int], object]) -> None:
        """Until the answers are there; `announce` is told of how many, if there are any."""
        process, thread = os.getpid(), get_ident()
        out = {
            over: send
            for over, (at, by, send) in self._out.copy().items()
            if at == process and by != thread and send.awaited
        }
        try:
            if out:
                announce(len(out))
            for over in out:
                while not over.acquire(timeout=LOOK):
                    pass
        except BaseException:
            for send in out.values():  # whoever did not wait now, does not want to later
                send.awaited = False
            raise
