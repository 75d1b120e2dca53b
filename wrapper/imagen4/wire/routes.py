"""The ways to the gateways of a client: to each with its own key, and to no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from ..core.checks import instance_of
from .carriers import lent_sync, sync_carriers
from .connections import Connections
from .transport import SyncWire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..core.answer import Answer
    from ..core.effects import Send
    from ..core.ports import Download
    from ..core.session import Session
    from .carriers import SyncCarrier


class SyncRoutes:
    """Blocking. http_client: lent by the caller, and used for all of them."""

    def __init__(self, sessions: Sequence[Session], http_client: httpx.Client | None) -> None:
        lent = None
        if http_client is not None:
            lent = lent_sync(instance_of(http_client, httpx.Client, "http_client"))
        self._wires = {each.name: self._wire(each, lent) for each in sessions}

    @staticmethod
    def _wire(session: Session, lent: SyncCarrier | None) -> SyncWire:
        make = (lambda: lent) if lent else sync_carriers(session.base_url)
        return SyncWire(session, Connections(make, lent))

    def send(self, send: Send) -> Answer:
        return self._wires[send.call.gateway].send(send)

    def fetch(self, download: Download) -> None:
        """From the pictures' host, which is nobody's gateway."""
        next(iter(self._wires.values())).fetch(download)

    def mark_closed(self) -> list[SyncCarrier]:
        """The carriers to close; from now on nothing is sent."""
        return [each for wire in self._wires.values() for each in wire.connections.mark_closed()]
