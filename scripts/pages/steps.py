"""Work that a signal can stop: with all that it started, and at no bad moment."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

# Ctrl-C; what CI and `timeout` send; a terminal that is closed.
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# GitHub kills 10 s after it asked to stop; what was changed must be back by then.
_PATIENCE = 4.0


class StoppedError(BaseException):
    """A signal asked to stop: no fault of what was at work, as KeyboardInterrupt is none."""

    def __init__(self, number: int) -> None:
        super().__init__(f"stopped by {signal.Signals(number).name}")
        self.exit_code = 128 + number


@contextmanager
def stoppable() -> Iterator[None]:
    """Within it, a signal that ends a program raises StoppedError instead, and further ones wait
    for what has to be put away: who presses Ctrl-C twice gets the same line."""
    before = {number: signal.signal(number, _stop) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, frame: FrameType | None) -> None:
    del frame
    for other in _SIGNALS:
        signal.signal(other, signal.SIG_IGN)
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
    """Run a step with this Python, its output on the terminal. Its last line if it failed."""
    last = b""
    with running([sys.executable, *arguments], cwd=root) as step:
        for line in step.stdout or ():
            sys.stdout.write(line.decode(errors="replace"))
            sys.stdout.flush()
            last = line.strip() or last
        return last.decode(errors="replace") if step.wait() else None


@contextmanager
def running(
    command: list[str],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    patience: float = _PATIENCE,
) -> Iterator[subprocess.Popen[bytes]]:
    """A program whose output, errors included, can be read while the context lasts.

    It has a process group of its own, which ends with it, whatever it started. ``patience``:
    the seconds it has to end by itself, if the context is left before it has ended.
    """
    program = None
    try:  # also around its start: a signal that waited for that comes as `undisturbed` ends
        with undisturbed():
            program = subprocess.Popen(
                command,
                cwd=cwd,
                env=env,
                start_new_session=True,
                preexec_fn=_listen,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
        yield program
    finally:
        with undisturbed():
            if program is not None:
                _end(program, patience)


def _listen() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)


def _end(program: subprocess.Popen[bytes], patience: float) -> None:
    """Ask once, as Ctrl-C does, so that temporary files go; then take the whole group down."""
    with program, suppress(ProcessLookupError):
        if patience and program.poll() is None:
            os.killpg(program.pid, signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                program.wait(patience)
        os.killpg(program.pid, signal.SIGKILL)


@contextmanager
def scratch_folder(inside: Path | None = None) -> Iterator[Path]:
    """An empty folder, which goes again; ``inside`` another one, or where temporary files are."""
    folder = None
    try:
        with undisturbed():
            folder = Path(tempfile.mkdtemp(prefix=".imagen4-", dir=inside))
        yield folder
    finally:
        with undisturbed():
            if folder is not None:
                shutil.rmtree(folder)
