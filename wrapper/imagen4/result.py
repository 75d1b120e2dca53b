"""Pictures and what else came of a request."""

from __future__ import annotations

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .pictures import Target, make_directory, stem

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable
    from datetime import datetime, timedelta
    from pathlib import Path

    from .fetching import AsyncFetcher, Fetcher
    from .task import Task

AT_ONCE = 4  # downloads of one result side by side


@dataclass(frozen=True, slots=True)
class Picture:
    """What `Image` and `AsyncImage` have in common.

    url: good for about a day. index: from 0 within the result. seed: the one this picture
    was made with, if one was given. name: its file name without suffix.
    """

    url: str
    task_id: str
    seed: str | None
    index: int
    name: str = field(repr=False)
    _taken: dict[Path, str] = field(repr=False, compare=False)

    def target(self, path: str | os.PathLike[str]) -> Target:
        return Target(path, self.name, self._taken)


@dataclass(frozen=True, slots=True)
class Image(Picture):
    """One picture."""

    _fetcher: Fetcher = field(repr=False, compare=False)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a file, or into a directory, and return where it is.

        A directory is one that exists, or any path without a suffix; there the file is named
        after task and picture, with the suffix of its content. Raises DownloadError.
        """
        target = self.target(path)
        with target.temporary() as file:
            return target.keep(file, self._fetcher.fetch(self.url, file))

    def read(self) -> bytes:
        """The picture's bytes. Raises DownloadError."""
        buffer = io.BytesIO()
        self._fetcher.fetch(self.url, buffer)
        return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class AsyncImage(Picture):
    """One picture, for AsyncClient."""

    _fetcher: AsyncFetcher = field(repr=False, compare=False)

    async def save(self, path: str | os.PathLike[str]) -> Path:
        """As `Image.save`."""
        target = self.target(path)
        with target.temporary() as file:
            return target.keep(file, await self._fetcher.fetch(self.url, file))

    async def read(self) -> bytes:
        """The picture's bytes. Raises DownloadError."""
        buffer = io.BytesIO()
        await self._fetcher.fetch(self.url, buffer)
        return buffer.getvalue()


P = TypeVar("P", bound=Picture)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[P]):
    """What `Result` and `AsyncResult` have in common; images and tasks are in order."""

    images: tuple[P, ...]
    tasks: tuple[Task, ...]

    @property
    def task_ids(self) -> tuple[str, ...]:
        return tuple(task.task_id for task in self.tasks)

    @property
    def cost_time(self) -> timedelta | None:
        """How long the gateway worked; of several tasks, which run side by side, the longest."""
        return max((task.cost_time for task in self.tasks if task.cost_time), default=None)

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


class Result(Outcome[Image]):
    """The pictures of one request."""

    def save(self, directory: str | os.PathLike[str]) -> list[Path]:
        """Save all pictures into a directory, several at once; their paths, in order.

        All are tried; then the first DownloadError is raised, if there was one.
        """
        make_directory(directory)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            saving = [pool.submit(image.save, directory) for image in self.images]
        return [each.result() for each in saving]


class AsyncResult(Outcome[AsyncImage]):
    """The pictures of one request, for AsyncClient."""

    async def save(self, directory: str | os.PathLike[str]) -> list[Path]:
        """As `Result.save`."""
        make_directory(directory)
        turn = asyncio.Semaphore(AT_ONCE)

        async def save(image: AsyncImage) -> Path:
            async with turn:
                return await image.save(directory)

        saved = await asyncio.gather(*map(save, self.images), return_exceptions=True)
        return [raised(each) for each in saved]


def raised(outcome: Path | BaseException) -> Path:
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


def pictures_of(tasks: Iterable[Task], seeds: dict[str, str | None]) -> Iterable[dict[str, Any]]:
    """The fields of each picture, in the order of tasks and of each task's URLs."""
    index = 0
    taken: dict[Path, str] = {}
    for task in tasks:
        seed = seeds.get(task.task_id, task.seed)
        for number, url in enumerate(task.urls):
            name = stem(task.task_id, number)
            yield {
                "url": url,
                "task_id": task.task_id,
                "seed": seed,
                "index": index,
                "name": name,
                "_taken": taken,
            }
            index += 1
