"""Telling listeners of events, some of which are awaited."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from inspect import isawaitable
from typing import TYPE_CHECKING, TypeAlias

from .listeners import Listeners, pass_on

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ..events import Event, Listener
    from .listeners import FirstListener

    AsyncTell: TypeAlias = Callable[[Event], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class OffLoop:
    """A ledger that may keep others waiting: told on a thread, so that the event loop goes on.

    A cancellation does not stop what is being written down.
    """

    recorder: FirstListener

    async def __call__(self, event: Event) -> None:
        await asyncio.to_thread(self.recorder, event)


class AsyncListeners(Listeners):
    """Those of the async client."""

    may_await = True

    def async_teller(self, on_event: Listener | None) -> AsyncTell:
        """The same as `teller` by awaiting what has to be awaited."""
        listeners = self._in_order(on_event)

        async def tell(event: Event) -> None:
            for listener in listeners:
                try:
                    awaited = listener(event)
                    if isawaitable(awaited):
                        await awaited
                except Exception as problem:
                    pass_on(event, problem)

        return tell
