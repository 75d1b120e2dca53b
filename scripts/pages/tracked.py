"""Folders that are put back as they were unless all went well."""

import shutil
import tempfile
from pathlib import Path
from types import TracebackType


class Tracked:
    """A context in which folders may change; without ``keep()`` they are restored.

    The copies stand outside the checkout. Byte code and caches are not copied.
    """

    def __init__(self, root: Path, names: tuple[str, ...]) -> None:
        self._root = root
        self._names = names
        self._kept = False
        self._copy = Path()

    def keep(self) -> None:
        """Let the changes stand."""
        self._kept = True

    def __enter__(self) -> "Tracked":
        self._copy = Path(tempfile.mkdtemp(prefix="imagen4-update-"))
        for name in self._names:
            shutil.copytree(self._root / name, self._copy / name, symlinks=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if not self._kept:
                self._restore()
        finally:
            shutil.rmtree(self._copy, ignore_errors=True)

    def _restore(self) -> None:
        for name in self._names:
            shutil.rmtree(self._root / name, ignore_errors=True)
            shutil.copytree(self._copy / name, self._root / name, symlinks=True)
