"""Pictures and what else came of a request.

The classes for the sync and the async client differ in what their methods return, a value
or a coroutine of it: `run` decides, by performing the same steps either way.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Self, TypeVar

from .downloads.pictures import Target, make_directory, stem
from .downloads.transfer import fetched
from .errors import DownloadError

if TYPE_CHECKING:
    import os
    from datetime import datetime, timedelta

    from .core.effects import Steps
    from .core.settings import Settings
    from .core.task import Task

PathT = TypeVar("PathT")
PathsT = TypeVar("PathsT")
BytesT = TypeVar("BytesT")
ImageT = TypeVar("ImageT", bound="Picture[Any, Any]")


class Bound:
    """What belongs to a client and does not change: a copy is the thing itself.

    It cannot leave the process, since the client's connections and its key would have to.
    """

    __slots__ = ()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: object) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} cannot be pickled, since it belongs to a client: "
            "save the pictures, or pass on their task ids for Client.job()"
        )


@dataclass(frozen=True, slots=True)
class Picture(Bound, Generic[PathT, BytesT]):
    """One picture.

    url: good for about a day. index: from 0 within the result. seed: the one this picture
    was made with, if one was given.
    """

    url: str
    task_id: str
    seed: str | None
    index: int
    _name: str = field(repr=False)
    _taken: dict[Path, str] = field(repr=False, compare=False)
    _settings: Settings = field(repr=False, compare=False)
    _run: Callable[[Steps[Any]], Any] = field(repr=False, compare=False)

    def save(self, path: str | os.PathLike[str]) -> PathT:
        """Write the picture to a file, or into a directory, and return where it is.

        A directory is one that exists, or any path without a suffix; there the file is named
        after task and picture, with the suffix of its content. Raises DownloadError.
        """
        saved: PathT = self._run(self._saved(path))
        return saved

    def read(self) -> BytesT:
        """The picture's bytes. Raises DownloadError."""
        content: BytesT = self._run(self._read())
        return content

    def _saved(self, path: str | os.PathLike[str]) -> Steps[Path]:
        with self._errors():
            target = Target(path, self._name, self._taken)
            with target.temporary() as file:
                suffix = yield from fetched(self._settings, self.url, file)
                return target.keep(file, suffix)

    def _tried(self, directory: str | os.PathLike[str]) -> Steps[Path | DownloadError]:
        try:
            with self._errors():
                make_directory(directory)
            return (yield from self._saved(directory))
        except DownloadError as error:
            return error

    def _read(self) -> Steps[bytes]:
        buffer = io.BytesIO()
        with self._errors():
            yield from fetched(self._settings, self.url, buffer)
        return buffer.getvalue()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Whatever cannot be fetched or saved, the error names the task that was paid for."""
        try:
            yield
        except DownloadError as error:
            error.gateway, error.task_ids = self._settings.name, (self.task_id,)
            raise


class Image(Picture[Path, bytes]):
    """One picture, from `Client`."""


class AsyncImage(Picture[Coroutine[Any, Any, Path], Coroutine[Any, Any, bytes]]):
    """One picture, from `AsyncClient`; `save` and `read` are awaited."""


@dataclass(frozen=True, slots=True)
class Pictures(Bound, Generic[ImageT, PathsT]):
    """The pictures of one request, and its tasks, both in order."""

    images: tuple[ImageT, ...]
    tasks: tuple[Task, ...]
    _together: Callable[[list[Steps[Any]], Callable[[list[Any]], Any]], Any] = field(
        repr=False, compare=False
    )

    def save(self, directory: str | os.PathLike[str]) -> PathsT:
        """Save all pictures into a directory, several at once; their paths, in order.

        All are tried; then the first DownloadError is raised, if there was one: its `paths`
        say where the others are.
        """
        steps = [image._tried(directory) for image in self.images]
        paths: PathsT = self._together(steps, all_of)
        return paths

    @property
    def task_ids(self) -> tuple[str, ...]:
        return tuple(task.task_id for task in self.tasks)

    @property
    def cost_time(self) -> timedelta | None:
        """How long the gateway worked; of several tasks, which run side by side, the longest."""
        return max(
            (task.cost_time for task in self.tasks if task.cost_time is not None), default=None
        )

    @property
    def created(self) -> datetime | None:
        """When the gateway created the first task."""
        return min((task.created for task in self.tasks if task.created), default=None)

    @property
    def completed(self) -> datetime | None:
        """When the gateway completed the last task."""
        return max((task.completed for task in self.tasks if task.completed), default=None)

    @property
    def raw(self) -> tuple[Any, ...]:
        """The decoded answers, one for each task."""
        return tuple(task.raw for task in self.tasks)


class Result(Pictures[Image, list[Path]]):
    """The pictures of one request, from `Client`."""


class AsyncResult(Pictures[AsyncImage, Coroutine[Any, Any, list[Path]]]):
    """The pictures of one request, from `AsyncClient`; `save` is awaited."""


def all_of(found: list[Path | DownloadError]) -> list[Path]:
    """The paths, or the first error, which then tells of all pictures."""
    paths = [each for each in found if isinstance(each, Path)]
    failures = [each for each in found if isinstance(each, DownloadError)]
    if not failures:
        return paths
    error = failures[0]
    error.task_ids = tuple(dict.fromkeys(name for each in failures for name in each.task_ids))
    error.paths = tuple(each if isinstance(each, Path) else None for each in found)
    raise error


def fields_of(tasks: Iterable[Task], seeds: dict[str, str | None]) -> Iterator[tuple[Any, ...]]:
    """What is known of each picture, in the order of tasks and of each task's URLs."""
    index = 0
    taken: dict[Path, str] = {}
    for task in tasks:
        seed = seeds.get(task.task_id, task.seed)
        for number, url in enumerate(task.urls):
            yield url, task.task_id, seed, index, stem(task.task_id, number), taken
            index += 1
