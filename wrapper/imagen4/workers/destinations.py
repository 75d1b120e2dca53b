"""Where a worker's pictures go: a directory, or what fsspec reaches."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..downloads.formats import suffix_of
from ..downloads.parts import try_directory
from ..downloads.pictures import disk_errors, make_directory
from ..errors import DownloadError, InvalidRequest

if TYPE_CHECKING:
    from ..image import Image
    from ..ledger.recorder import Recorder

LOCAL = "file://"


class Destination:
    """A directory, or a URL such as s3://bucket/folder.

    Raises InvalidRequest where fsspec, or its package for that kind of URL, is not installed, and
    DownloadError where the directory cannot be made, or not be written to.
    """

    def __init__(self, target: str) -> None:
        self._target = target.removeprefix(LOCAL)
        self._system: Any = None
        if "://" in self._target:
            self._system, self._root = file_system(self._target)
        else:
            make_directory(self._target)
            with disk_errors(self._target):  # each picture would be paid for, and lost
                try_directory(Path(self._target))

    def save(self, image: Image, name: str, recorder: Recorder) -> None:
        """Download one picture to here, and write down where it is. Raises DownloadError."""
        if self._system is None:
            image.save(self._target, name=name)
            return
        content = image.read()
        path = f"{self._root}/{name}{suffix_of(content)}"
        try:
            self._system.makedirs(self._root, exist_ok=True)
            self._system.pipe_file(path, content)
        except Exception as problem:  # each of fsspec's packages has errors of its own
            words = f"The picture cannot be written to {path!r}: {type(problem).__name__}"
            raise DownloadError(words, task_ids=(image.task_id,)) from problem
        recorder.saved(image.gateway, image.task_id, image.url, self._system.unstrip_protocol(path))


def file_system(url: str) -> tuple[Any, str]:
    """Of fsspec, and the path in it."""
    protocol = url.partition("://")[0]
    try:
        import fsspec  # type: ignore[import-untyped]

        system, path = fsspec.core.url_to_fs(url)
    except ModuleNotFoundError as missing:
        raise InvalidRequest(
            f"output: {protocol}:// needs {missing.name}; run: pip install {missing.name}"
        ) from None
    except ImportError as missing:  # fsspec's own words: which package to install
        raise InvalidRequest(f"output: {protocol}:// needs more: {missing}") from None
    except ValueError as problem:
        raise InvalidRequest(f"output: {problem}") from None
    return system, path.rstrip("/")
