"""Who listens to which callback: what a receiver rings, and what a job hears."""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from ..logs import logger

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 100
"""Tasks whose rings are kept for a job that is not waited for yet; it has at most four."""


class JobBell:
    """One job's, on that gateway: callbacks ring it, on whatever thread they come.
    Without locks: a Ctrl-C in one of Python's could leave it held. Each method is a single
    step on a container that threads may share.
    """

    def __init__(self, board: Switchboard, gateway: str) -> None:
        self.gateway = gateway
        self._board = board
        self._rung: dict[str, None] = {}
        self._wake: Callable[[], object] | None = None

    def new_token(self) -> str:
        """For the URL of a create: a callback that carries it rings here."""
        token = self._board.new_token(self.gateway)
        self._board.bells[token] = self
        return token

    def expect(self, task_id: str) -> None:
        """Let callbacks about a task ring here whose create had no such token."""
        self._board.bells[task_id] = self

    def ring(self, task_id: str) -> None:
        """A callback about that task came."""
        if len(self._rung) < MOST:
            self._rung[task_id] = None
        wake = self._wake
        if wake is not None:
            wake()

    @property
    def rung(self) -> bool:
        """Whether a callback came that was not taken yet."""
        return bool(self._rung)

    def take(self) -> set[str]:
        """The tasks of which callbacks came since the last time."""
        return {self._rung.popitem()[0] for _ in range(len(self._rung))}

    def wake_with(self, wake: Callable[[], object] | None) -> None:
        """What is called at each ring, by the thread that rings; None for nothing."""
        self._wake = wake

    @property
    def reliable(self) -> bool:
        """Whether callbacks can be expected to come."""
        return self._board.reliable

    def missed(self, task_id: str) -> None:
        """A task was found to have ended without a callback."""
        self._board.missed(task_id)


class Switchboard:
    """The bells of a receiver."""

    def __init__(self) -> None:
        self._misses = 0
        self._wanted = 0
        self.bells: WeakValueDictionary[str, JobBell] = WeakValueDictionary()
        """By token, or by the id of a task that an earlier process made; as long as their jobs."""
        self._gateways: list[str] = []
        self._secret = secrets.token_bytes(32)

    @property
    def reliable(self) -> bool:
        """Whether callbacks are counted on.

        Not after a miss until two have come, after the next until four, and so on: where only some
        of them reach this process, few waits are long in vain.
        """
        return self._wanted == 0

    def heard(self) -> None:
        """A callback about a job of ours came."""
        self._wanted = max(0, self._wanted - 1)

    def missed(self, task_id: str) -> None:
        """A task was found to have ended without a callback."""
        if self.reliable:
            self._misses += 1
            self._wanted = 2 ** min(self._misses, 10)
            text = (
                "Task %s has ended and no callback came: can the gateway reach the receiver's URL, "
                "and in this process? Tasks are asked for at the documented pace until %d have come"
            )
            logger.warning(text, task_id, self._wanted)

    def new_token(self, gateway: str) -> str:
        """One that nobody can guess, and that is known again also when its job is over."""
        if gateway not in self._gateways:
            self._gateways.append(gateway)
        text = f"{secrets.token_urlsafe(24)}.{self._gateways.index(gateway)}"
        return f"{text}.{self._seal(text)}"

    def gateway_told(self, token: str) -> str | None:
        """The gateway that was told the token; None for one that is not ours."""
        text, _, seal = token.rpartition(".")
        given = seal.encode("utf-8", "replace")
        if not hmac.compare_digest(given, self._seal(text).encode()):
            return None
        return self._gateways[int(text.rpartition(".")[2])]

    def _seal(self, text: str) -> str:
        return hmac.digest(self._secret, text.encode("utf-8", "replace"), "sha256").hex()
