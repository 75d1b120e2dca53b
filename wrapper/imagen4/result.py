"""The pictures of a request, and what else came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from .client_bound import ClientBound, few
from .core.price import price_in_words
from .core.task import number_of_pictures
from .downloads.pictures import stem
from .errors import DownloadError
from .image import Image
from .notebook import ShownInNotebook, gallery

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from datetime import datetime, timedelta

    from .base_image import BaseImage
    from .core.job_state import JobState
    from .core.session import Session
    from .core.task import Task
    from .errors import PassedOver
    from .events import Listener
    from .wire.driving import Driver

ImageT = TypeVar("ImageT", bound="BaseImage")


@dataclass(frozen=True, slots=True, repr=False)
class BaseResult(ClientBound, ShownInNotebook, Sequence[ImageT], Generic[ImageT]):
    """What `Result` and `AsyncResult` share: they are sequences of their images."""

    images: tuple[ImageT, ...]
    """In order."""
    tasks: tuple[Task, ...]
    """The request's tasks, in order."""
    passed_over: tuple[PassedOver, ...]
    """Which other gateways of the client did not serve the request, and why."""
    _session: Session = field(compare=False)

    def __len__(self) -> int:
        return len(self.images)

    @overload
    def __getitem__(self, index: int) -> ImageT: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[ImageT, ...]: ...
    def __getitem__(self, index: int | slice) -> ImageT | tuple[ImageT, ...]:
        return self.images[index]

    def __repr__(self) -> str:
        """One line, without links, which may be signed."""
        words = f"{self.gateway} {few(self.task_ids)}: {number_of_pictures(len(self))}"
        return f"<{type(self).__name__} {words}>"

    def _gallery(self, problems: Sequence[DownloadError | None]) -> str:
        models = dict.fromkeys(task.model for task in self.tasks if task.model)
        took = None if self.cost_time is None else f"{self.cost_time.total_seconds():g} s"
        price = price_in_words(self._session.adapter.facts, self.tasks)
        about = [f"{number_of_pictures(len(self))} of {self.gateway}", *models, took, price]
        pictures = zip(self.images, problems, strict=True)
        return gallery(about, (image._figure(problem) for image, problem in pictures))

    def to_dict(self) -> dict[str, Any]:
        """The result as data for JSON: no key, no prompt, no pictures but their links.

        {"gateway": str, "task_ids": [str], "images": [{"task_id": str, "index": from 0,
        "seed": str | None, "url": str, "content_type": str | None,
        "size": [width, height] | None}], "passed_over": {gateway: why},
        "cost_time": seconds | None, "created": ISO 8601 | None, "completed": ISO 8601 | None,
        "tasks": [what `Task.to_dict` gives]}
        """
        return {
            "gateway": self.gateway,
            "task_ids": list(self.task_ids),
            "images": [image._to_dict() for image in self.images],
            "passed_over": {name: error.message for name, error in self.passed_over},
            "cost_time": None if self.cost_time is None else self.cost_time.total_seconds(),
            "created": self.created and self.created.isoformat(),
            "completed": self.completed and self.completed.isoformat(),
            "tasks": [task.to_dict() for task in self.tasks],
        }

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


@dataclass(frozen=True, slots=True, repr=False)
class Result(BaseResult[Image]):
    """The pictures of one request, from `Client`: a sequence of them.

    In a notebook it shows them, and reads them for that, several at once.
    """

    _driver: Driver = field(compare=False)

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

    def _repr_html_(self) -> str:
        steps = [image._try_to_read() for image in self.images]
        return self._gallery(self._driver.run_all(steps, None))


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
    """What an image of either client is made of, in the order of tasks and of their URLs."""
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
                "_task": task,
            }
            index += 1
