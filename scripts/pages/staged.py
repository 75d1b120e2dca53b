"""Folders that are changed in a copy, which takes their place when all of it is done."""

import fcntl
import os
import shutil
from pathlib import Path
from types import TracebackType

from pages.errors import PageError, unwritable
from pages.steps import undisturbed

_NAME = ".imagen4-update"  # beside the folders: what moves by renaming is never there by half
_LATER = "wait for it to end"


class Staged:
    """A context in which ``root`` is a place with copies of ``names``, and of ``tools``.

    ``swap`` puts the copies in place of the folders; without ``keep`` it is undone in the end,
    and done with it.
    Whoever is killed leaves the folders whole, and a copy that the next one removes. Raises
    PageError where another one is at work, or the disk does not bear it.
    """

    def __init__(self, checkout: Path, names: tuple[str, ...], tools: tuple[str, ...]) -> None:
        self.root = checkout / _NAME
        self._checkout = checkout
        self._names = names
        self._tools = tools
        self._lock = -1
        self._swapped = self._kept = False

    def keep(self) -> None:
        """Let the changes stand."""
        self._kept = True

    def swap(self) -> None:
        """Exchange the copies and the folders: all of them, or none."""
        done: list[str] = []
        with undisturbed():
            try:
                for name in self._names:
                    _exchange(self.root / name, self._checkout / name)
                    done.append(name)
            except OSError as error:
                for name in done:
                    _exchange(self.root / name, self._checkout / name)
                raise unwritable(error) from None
            self._swapped = not self._swapped

    def __enter__(self) -> "Staged":
        with undisturbed():
            self._lock = os.open(self._checkout, os.O_RDONLY)
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._copy()
            except BlockingIOError:
                os.close(self._lock)
                raise PageError("another update is at work here", _LATER) from None
            except OSError as error:
                self._leave()
                raise unwritable(error) from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with undisturbed():
            try:
                if self._swapped is not self._kept:
                    self.swap()
            finally:
                self._leave()

    def _copy(self) -> None:
        for name in self._names:
            _put_back(self.root / name, self._checkout / name)
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir()
        for name in (*self._names, *self._tools):
            if (self._checkout / name).is_dir():
                shutil.copytree(self._checkout / name, self.root / name, symlinks=True)

    def _leave(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)
        os.close(self._lock)


def _exchange(one: Path, other: Path) -> None:
    """Two folders change places; of which one may be missing."""
    spare = _spare(one)
    for source, target in (other, spare), (one, other), (spare, one):
        if source.exists():
            source.rename(target)


def _put_back(one: Path, other: Path) -> None:
    """Whoever was killed as they changed places left neither there, but ``other`` as the spare."""
    if _spare(one).exists() and not other.exists():
        _spare(one).rename(other)


def _spare(one: Path) -> Path:
    return one.with_name(f"{one.name}.spare")
