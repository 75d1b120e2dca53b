"""Files and folders that are put back as they were unless all went well."""

import shutil
import tempfile
from pathlib import Path
from types import TracebackType

from pages.steps import undisturbed


class Tracked:
    """A context in which they may change; without ``keep()`` they are restored.

    The copies stand outside the checkout.
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
        with undisturbed():
            self._copy = Path(tempfile.mkdtemp(prefix="imagen4-update-"))
            for name in self._names:
                _copy(self._root / name, self._copy / name)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with undisturbed():
            try:
                if not self._kept:
                    self._restore()
            finally:
                shutil.rmtree(self._copy, ignore_errors=True)

    def _restore(self) -> None:
        for name in self._names:
            shutil.rmtree(self._root / name, ignore_errors=True)
            _copy(self._copy / name, self._root / name)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True)
    elif source.exists():
        shutil.copy2(source, target)
