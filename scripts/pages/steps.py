"""Steps of an update that a signal can stop: with all that they started, and at no bad moment."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

# Ctrl-C; what CI and `timeout` send; a terminal that is closed.
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# GitHub kills 10 s after it asked to stop; what was changed must be back by then.
_SECONDS_TO_STOP = 4.0


class StoppedError(Exception):
    """A signal asked to stop."""

    def __init__(self, number: int) -> None:
        super().__init__(f"stopped by {signal.Signals(number).name}")
        self.exit_code = 128 + number


@contextmanager
def stoppable() -> Iterator[None]:
    """Within it, a signal that ends a program raises StoppedError instead."""
    before = {number: signal.signal(number, _stop) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, frame: FrameType | None) -> None:
    del frame
    raise StoppedError(number)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Within it, such a signal waits."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def run_step(root: Path, *arguments: str) -> str | None:
    """Run a step with this Python, its output on the terminal. Its last line if it failed.

    It has a process group of its own, which ends with it, whatever it started.
    """
    command = [sys.executable, *arguments]
    with undisturbed():
        step = subprocess.Popen(
            command,
            cwd=root,
            start_new_session=True,
            preexec_fn=_listen,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    last = b""
    try:
        for line in step.stdout or ():
            sys.stdout.write(line.decode(errors="replace"))
            sys.stdout.flush()
            last = line.strip() or last
        return last.decode(errors="replace") if step.wait() else None
    finally:
        with undisturbed():
            _end(step)


def _listen() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)


def _end(step: subprocess.Popen[bytes]) -> None:
    """Ask once, as Ctrl-C does, so that temporary files go; then take the whole group down."""
    with step, suppress(ProcessLookupError):
        if step.poll() is None:
            os.killpg(step.pid, signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                step.wait(_SECONDS_TO_STOP)
        os.killpg(step.pid, signal.SIGKILL)
