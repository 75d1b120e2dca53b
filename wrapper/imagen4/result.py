"""Pictures and what else came of a request."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn, Self

from .downloads.pictures import SaveTarget, make_directory, stem
from .downloads.transfer import download_picture
from .errors import DownloadError
from .events import PictureSaved, Retrying

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence
    from datetime import datetime, timedelta

    from .core.effects import Steps
    from .core.job_state import JobState
    from .core.session import Session
    from .core.task import Task
    from .events import Listener
    from .wire.driving import AsyncDriver, Driver


class ClientBound:
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
class BaseImage(ClientBound):
    """What `Image` and `AsyncImage` share."""

    url: str
    """Good for about a day."""
    task_id: str
    seed: str | None
    """The one this picture was made with, if one was given."""
    index: int
    """From 0 within the result."""
    _name: str = field(repr=False)
    _taken: dict[Path, str] = field(repr=False, compare=False)
    _request: tuple[str, int, str | None] = field(repr=False, compare=False)
    _session: Session = field(repr=False, compare=False)

    @property
    def gateway(self) -> str:
        return self._session.name

    def _save(self, path: str | os.PathLike[str], name: str | None = None) -> Steps[Path]:
        started = self._session.clock()
        try:
            target = SaveTarget(path, name or self._name, self._taken)
            with target.temporary() as file:
                suffix = yield from self._download(file, started)
                saved = target.keep(file, suffix)
        except DownloadError as error:
            self._about_task(error)
            raise
        yield PictureSaved(*self._identity(started), saved, self.url)
        return saved

    def _try_to_save(self, directory: str | os.PathLike[str]) -> Steps[Path | DownloadError]:
        try:
            make_directory(directory)
            return (yield from self._save(directory))
        except DownloadError as error:
            return self._about_task(error)

    def _read(self) -> Steps[bytes]:
        buffer = io.BytesIO()
        try:
            yield from self._download(buffer, self._session.clock())
        except DownloadError as error:
            self._about_task(error)
            raise
        return buffer.getvalue()

    def _download(self, file: BinaryIO, started: float) -> Steps[str]:
        def retrying(pause: float, reason: str) -> Retrying:
            return Retrying(*self._identity(started), "download", pause, reason)

        return download_picture(self._session, self.url, file, retrying)

    def _identity(self, started: float) -> tuple[str, str, int, str | None, float, str]:
        """What every event about the picture begins with."""
        elapsed = self._session.clock() - started
        return (self.gateway, *self._request, elapsed, self.task_id)

    def _about_task(self, error: DownloadError) -> DownloadError:
        """Whatever cannot be fetched or saved, the error names the task that was paid for."""
        error.gateway, error.task_ids = self.gateway, (self.task_id,)
        return error


@dataclass(frozen=True, slots=True)
class Image(BaseImage):
    """One picture, from `Client`."""

    _driver: Driver = field(repr=False, compare=False)

    def save(
        self,
        path: str | os.PathLike[str],
        on_event: Listener | None = None,
        *,
        name: str | None = None,
    ) -> Path:
        """Write the picture to a file, or into a directory.

        path: a directory is one that exists, or any path without a suffix; there the file is
            named after task and picture, with the suffix of its content.
        on_event: called with each event.
        name: the file's name in a directory, without its suffix.
        Returns where the picture is. Raises DownloadError.
        """
        return self._driver.run(self._save(path, name), on_event)

    def read(self) -> bytes:
        """Download the picture and return its bytes. Raises DownloadError."""
        return self._driver.run(self._read())


@dataclass(frozen=True, slots=True)
class AsyncImage(BaseImage):
    """One picture, from `AsyncClient`."""

    _driver: AsyncDriver = field(repr=False, compare=False)

    async def save(
        self,
        path: str | os.PathLike[str],
        on_event: Listener | None = None,
        *,
        name: str | None = None,
    ) -> Path:
        """Write the picture to a file, or into a directory.

        path: a directory is one that exists, or any path without a suffix; there the file is
            named after task and picture, with the suffix of its content.
        on_event: called with each event; may be a coroutine function.
        name: the file's name in a directory, without its suffix.
        Returns where the picture is. Raises DownloadError.
        """
        return await self._driver.run(self._save(path, name), on_event)

    async def read(self) -> bytes:
        """Download the picture and return its bytes. Raises DownloadError."""
        return await self._driver.run(self._read())


@dataclass(frozen=True, slots=True)
class BaseResult(ClientBound):
    """What `Result` and `AsyncResult` share."""

    images: tuple[Any, ...]
    tasks: tuple[Task, ...]
    """The request's tasks, in order."""
    _session: Session = field(repr=False, compare=False)

    @property
    def gateway(self) -> str:
        """The name of the gateway that made the pictures."""
        return self._session.name

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


@dataclass(frozen=True, slots=True)
class Result(BaseResult):
    """The pictures of one request, from `Client`."""

    images: tuple[Image, ...]
    """In order."""
    _driver: Driver = field(repr=False, compare=False)

    def save(
        self, directory: str | os.PathLike[str], on_event: Listener | None = None
    ) -> list[Path]:
        """Save all pictures into a directory, several at once.

        on_event: called with each event.
        Returns their paths, in order. All are tried; then the first DownloadError is raised, if
        there was one: its `paths` say where the others are.
        """
        steps = [image._try_to_save(directory) for image in self.images]
        return paths_of(self._driver.run_all(steps, on_event))


@dataclass(frozen=True, slots=True)
class AsyncResult(BaseResult):
    """The pictures of one request, from `AsyncClient`."""

    images: tuple[AsyncImage, ...]
    """In order."""
    _driver: AsyncDriver = field(repr=False, compare=False)

    async def save(
        self, directory: str | os.PathLike[str], on_event: Listener | None = None
    ) -> list[Path]:
        """Save all pictures into a directory, several at once.

        on_event: called with each event; may be a coroutine function.
        Returns their paths, in order. All are tried; then the first DownloadError is raised, if
        there was one: its `paths` say where the others are.
        """
        steps = [image._try_to_save(directory) for image in self.images]
        return paths_of(await self._driver.run_all(steps, on_event))


def paths_of(found: Sequence[Path | DownloadError]) -> list[Path]:
    """The paths, or the first error, which then tells of all pictures."""
    paths = [each for each in found if isinstance(each, Path)]
    failures = [each for each in found if isinstance(each, DownloadError)]
    if not failures:
        return paths
    error = failures[0]
    error.task_ids = tuple(dict.fromkeys(name for each in failures for name in each.task_ids))
    error.paths = tuple(each if isinstance(each, Path) else None for each in found)
    raise error


def fields_of(session: Session, state: JobState, tasks: Sequence[Task]) -> Iterator[dict[str, Any]]:
    """What an image is made of, in the order of tasks and of each task's URLs."""
    index = 0
    taken: dict[Path, str] = {}
    request = (state.job_id, state.index, state.tag)
    for task in tasks:
        seed = state.seeds.get(task.task_id, task.seed)
        for number, url in enumerate(task.urls):
            name = stem(task.task_id, number)
            yield {
                "url": url,
                "task_id": task.task_id,
                "seed": seed,
                "index": index,
                "_name": name,
                "_taken": taken,
                "_request": request,
                "_session": session,
            }
            index += 1
