"""Time that is over once an answer is there: how long that takes is the machine's affair."""

from collections.abc import Callable
from typing import Any

import pytest

from client.loopback import ThenReset
from imagen4.wire.exchange_deadline import SentAndHeard


def once_heard(monkeypatch: pytest.MonkeyPatch, answer: bytes, then: Callable[[Any], None]) -> None:
    """Let something happen as soon as a client has heard so much; it is given the exchange."""
    hear = SentAndHeard.hear

    def heard(exchange: SentAndHeard, data: bytes) -> None:
        hear(exchange, data)
        if len(exchange.heard) >= len(answer):
            then(exchange)

    monkeypatch.setattr(SentAndHeard, "hear", heard)


def time_is_over_after(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an exchange have no more time when it has heard the answer, if nothing else ends it."""
    if not (isinstance(answer, ThenReset) or b"Connection: close" in answer):
        once_heard(monkeypatch, answer, lambda exchange: exchange.extend(0.0))
