"""Tab in the shells themselves, each on a terminal, with the code that we print for it."""

import os
import pty
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from select import select

import pyte
import pytest

PATIENCE = 60.0  # seconds
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'eval "$(imagen4 completion bash)"'),
    "zsh": (
        ["zsh", "-f", "-i"],
        'autoload -U compinit; compinit -u -D; eval "$(imagen4 completion zsh)"',
    ),
    "fish": (["fish", "--no-config", "-i"], "imagen4 completion fish | source"),
}


class Shell:
    """An interactive shell, and what its terminal shows."""

    def __init__(self, name: str, home: Path) -> None:
        argv, code = SHELLS[name]
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
            settings = {"PATH": path, "HOME": str(home), "TERM": "xterm", "LC_ALL": "C.UTF-8"}
            os.execvpe(argv[0], argv, settings)  # noqa: S606
        self._screen = pyte.Screen(100, 50)
        self._emulator = pyte.ByteStream(self._screen)
        self.type(f"{code}; echo 're'ady\n")
        self.shows("ready")

    def type(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def shows(self, words: str) -> None:
        end = time.monotonic() + PATIENCE
        while words not in "\n".join(self._screen.display):
            left = end - time.monotonic()
            assert left > 0, "\n".join(self._screen.display).rstrip()
            if select([self._terminal], [], [], left)[0]:
                self._emulator.feed(os.read(self._terminal, 4096))

    def end(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.close(self._terminal)
        os.waitpid(self.pid, 0)


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shell]:
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    running = Shell(request.param, tmp_path)
    yield running
    running.end()


@pytest.mark.slow
def test_values_are_completed_where_they_are_typed(shell: Shell) -> None:
    """Gateways, models, ratios with their colon begun, and the values of a model's fields."""
    shell.type("imagen4 generate fox -g ki\t")
    shell.shows("-g kie ")
    shell.type("-m nano-banana-p\t")
    shell.shows("-m nano-banana-pro")
    shell.type("-a 16:\t")
    shell.shows("-a 16:9")
    shell.type("--set resolution=2\t")
    shell.shows("--set resolution=2K")
