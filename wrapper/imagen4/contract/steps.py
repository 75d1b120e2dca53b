"""The steps of a conversation, one after the other, until it is enough: also for who waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

INTERRUPTED = "the run was interrupted"


class EnoughError(Exception):
    """Asking on would only repeat what is known; the text says what that is."""


def take_steps(steps: Iterable[Callable[[], object]], stop: Callable[[str], None]) -> None:
    """All of them: after `stop`, which is told why, they only write down what is not asked.

    KeyboardInterrupt when that came: the first at the end, a second at once.
    """
    interrupt = None
    for step in steps:
        try:
            step()
        except EnoughError as enough:
            stop(str(enough))
        except KeyboardInterrupt as error:
            if interrupt:
                raise
            interrupt = error
            stop(INTERRUPTED)
    if interrupt:
        raise interrupt
