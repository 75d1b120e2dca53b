"""Many processes, on one machine or several, that work through one queue of requests.

    imagen4 batch FILE --enqueue --gateway kie --database postgresql://…
    imagen4 worker --gateway kie --database postgresql://…     # as many as are needed

DBOS (the extra `workers`) distributes: it keeps the queue and says how far each request is. What
it cannot know is whether a create that has no answer made a task, since the gateways have no
idempotency key. That says the ledger, in the same database: a row that is `sending` is never sent
again, whoever takes the request over.

A callback ends a wait early: `callbacks.Receiver(url, on_callback=partial(workers.wake, ledger))`,
where the requests have its URL: `imagen4 batch --enqueue --callback-url URL`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..extras import needing

if TYPE_CHECKING:
    from .engine import enqueue, wake
    from .worker import work

__all__ = ["enqueue", "wake", "work"]


def __getattr__(name: str) -> Any:
    """The engine is imported when it is needed: it takes a second, and an extra."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "worker" if name == "work" else "engine"
    with needing("workers", __name__):
        return getattr(import_module(f"{__name__}.{home}"), name)
