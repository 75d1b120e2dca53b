"""Being told to stop: by Ctrl-C, by a supervisor, by a terminal that is gone."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread

# Windows has no SIGHUP.
ENDINGS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


def end_like_ctrl_c() -> None:
    """Each of them also ends with the command that resumes."""
    for kind in ENDINGS:
        if signal.getsignal(kind) is signal.SIG_DFL:
            signal.signal(kind, signal.default_int_handler)


@contextmanager
def undisturbed() -> Iterator[None]:
    """What is told of paid tasks is told to its end: pressing Ctrl-C again adds nothing."""
    kinds = ENDINGS if current_thread() is main_thread() else []
    before = [(kind, signal.signal(kind, signal.SIG_IGN)) for kind in kinds]
    try:
        yield
    finally:
        for kind, handler in before:
            signal.signal(kind, handler)


def end_undisturbed() -> None:
    """All is told, and Python is about to end: no second Ctrl-C takes the exit code away."""
    for kind in ENDINGS:
        signal.signal(kind, signal.SIG_IGN)
