"""Pictures on disk: their names, and writing them so that no half file is ever seen."""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ..errors import DownloadError
from .parts import open_part, remove_leftovers

if TYPE_CHECKING:
    from collections.abc import Iterator

# ValueError: a name with a NUL or a lone surrogate. RuntimeError: links that lead in a circle
# (Python 3.11 and 3.12).
OF_PATHS = (OSError, ValueError, RuntimeError)
_PLAIN = re.compile(r"[a-z0-9_-]{1,80}")


def stem(task_id: str, number: int) -> str:
    """The file name, without suffix, of a task's picture: made of the task id, never of the URL.

    An id that is not a plain name is made one, with a hash so that two never become the same.
    """
    if not _PLAIN.fullmatch(task_id):
        digest = hashlib.sha256(task_id.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        task_id = f"{re.sub(r'[^A-Za-z0-9_-]', '_', task_id)[:60]}-{digest}"
    return f"{task_id}-{number + 1}"


def is_directory(target: str | os.PathLike[str]) -> bool:
    """Whether a target means a directory: one that exists, or a name without a suffix."""
    path = Path(target)
    with disk_errors(target):
        exists = path.is_dir()
    return exists or os.fspath(target).endswith(("/", os.sep)) or not path.suffix


def make_directory(directory: str | os.PathLike[str]) -> None:
    with disk_errors(directory):
        Path(directory).mkdir(parents=True, exist_ok=True)


@contextmanager
def disk_errors(path: str | os.PathLike[str]) -> Iterator[None]:
    """What the disk refuses, as an error of ours."""
    try:
        yield
    except OF_PATHS as problem:
        reason = getattr(problem, "strerror", None) or type(problem).__name__
        place = repr(os.fspath(path))  # on one line, whatever it holds
        raise DownloadError(f"The picture cannot be written to {place}: {reason}") from None


def _resolved(path: Path) -> Path:
    """Where a path leads. Links in a circle are an error, which Python 3.13 leaves to `strict`."""
    try:
        return path.resolve(strict=True)
    except FileNotFoundError:
        return path.resolve()


class SaveTarget:
    """Where a picture goes: a file as named, or a directory in which it gets its own name.

    `taken` holds what the pictures of one result were saved as, so that none replaces another.
    """

    def __init__(self, target: str | os.PathLike[str], name: str, taken: dict[Path, str]) -> None:
        self._file = None if is_directory(target) else Path(target)
        self._directory = self._file.parent if self._file else Path(target)
        self._name = name
        self._taken = taken

    @contextmanager
    def temporary(self) -> Iterator[BinaryIO]:
        """A file beside the target, to be kept; it is gone after any failure."""
        make_directory(self._directory)
        remove_leftovers(self._directory)
        with disk_errors(self._directory):
            file = open_part(self._directory, self._name)
        try:
            yield file
        except BaseException:  # tells more than what the disk then makes of the rest
            with suppress(OSError):
                Path(file.name).unlink(missing_ok=True)
            with suppress(OSError):
                file.close()
            raise
        with disk_errors(self._directory):
            file.close()

    def keep(self, file: BinaryIO, suffix: str) -> Path:
        """Give the temporary file its name. Replaces an older file of that name."""
        path = self._file or self._directory / f"{self._name}{suffix}"
        with disk_errors(path):
            place = _resolved(path)
        if self._taken.setdefault(place, self._name) != self._name:
            raise DownloadError("Another picture of this result was saved under that name")
        with disk_errors(path):
            file.flush()
            Path(file.name).replace(path)
        return path
