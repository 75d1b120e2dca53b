"""An end to answers that come byte by byte: httpx counts its time-out anew from each."""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Timer
from typing import Any

CONNECTED = ("connection.connect_tcp.complete", "connection.start_tls.complete")
SENDING = "http11.send_request_headers.started"


@dataclass
class Deadline:
    """Hangs up where a request takes longer than so many seconds, its connection not counted.

    For one request at a time, or for one after the other over a connection that is kept.
    `trace` is for httpx's extension of that name: without a network nothing calls it, and no
    time is measured.
    """

    seconds: float
    over: bool = False
    """Whether this is what ended the exchange."""
    _socket: socket.socket | None = None
    _timer: Timer | None = field(default=None, repr=False)

    def trace(self, event: str, info: dict[str, Any]) -> None:
        if event in CONNECTED:
            self._socket = info["return_value"].get_extra_info("socket")
        elif event == SENDING and self._socket is not None:
            self.over = False
            self._timer = Timer(self.seconds, self._hang_up)
            self._timer.daemon = True
            self._timer.start()

    def done(self) -> None:
        """The answer is there, or will not come."""
        if self._timer is not None:
            self._timer.cancel()

    def _hang_up(self) -> None:
        self.over = True
        with suppress(OSError):
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)
