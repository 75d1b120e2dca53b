"""What both clients' pictures share: what is known of one, and the steps that fetch it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from .client_bound import ClientBound
from .core.price import price_in_words
from .core.redaction import one_line
from .core.session import followed
from .downloads.formats import CONTENT_TYPES, suffix_said_by
from .downloads.links import download_picture
from .downloads.pictures import SaveTarget, disk_errors, make_directory
from .errors import DownloadError
from .events import PictureNotSaved, PictureSaved, Retrying
from .notebook import ShownInNotebook, embedded, figure
from .viewing import open_with_pillow

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from PIL.Image import Image as PillowImage

    from .core.effects import Steps
    from .core.session import Session
    from .core.task import Task
    from .downloads.fetched import Fetched


@dataclass(frozen=True, slots=True, repr=False)
class BaseImage(ClientBound, ShownInNotebook):
    """What `Image` and `AsyncImage` share."""

    url: str
    """Good for about a day."""
    task_id: str
    seed: str | None
    """The one this picture was made with, if one was given."""
    index: int
    """From 0 within the result."""
    _name: str
    _taken: dict[Path, str] = field(compare=False)
    _request: tuple[str, int, str | None] = field(compare=False)
    _session: Session = field(compare=False)
    _task: Task = field(compare=False)
    _fetched: Fetched = field(compare=False)

    @property
    def gateway(self) -> str:
        return self._session.name

    @property
    def content_type(self) -> str | None:
        """By its content, say "image/png"; None until it was read or saved."""
        return self._fetched.content_type

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height in pixels; None until it was read or saved."""
        return self._fetched.pixels

    def __repr__(self) -> str:
        """One line, without the link, which may be signed."""
        words = [f"{self.gateway} {self.task_id} number {self.index + 1}"]
        words += [] if self.seed is None else [f"seed {one_line(self.seed)}"]
        words += [] if self.content_type is None else [self.content_type]
        words += [] if self.size is None else ["{}x{}".format(*self.size)]
        return f"<{type(self).__name__} {', '.join(words)}>"

    def _figure(self, problem: DownloadError | None = None) -> str:
        """The picture as far as it is here, and what is known of it; no key, no prompt."""
        fetched = self._fetched
        about = [f"picture {self.index + 1}", self.seed and f"seed {self.seed}"]
        about += [f"task {self.task_id}", self._price()]
        about = [each and one_line(each) for each in about]
        if fetched.content is not None and fetched.content_type is not None:
            return figure(embedded(fetched.content_type, fetched.content), about)
        if problem is not None:
            return figure(None, [*about, problem.message], followed(self._session, self.url))
        return figure(followed(self._session, self.url), [*about, "not read yet"])

    def _price(self) -> str | None:
        price, pictures = price_in_words(self._session.adapter.facts, [self._task]), self._task.urls
        return price and price + (f" for {len(pictures)} pictures" if len(pictures) > 1 else "")

    def _to_dict(self) -> dict[str, Any]:
        known = {"task_id": self.task_id, "index": self.index, "seed": self.seed, "url": self.url}
        size = None if self.size is None else list(self.size)
        return known | {"content_type": self.content_type, "size": size}

    def _save(self, path: str | os.PathLike[str], name: str | None = None) -> Steps[Path]:
        started = self._session.clock()
        try:
            target = SaveTarget(path, name or self._name, self._taken)
            with target.temporary() as file:
                suffix = yield from self._fetch(file, started)
                saved = target.keep(file, suffix)
                self._fetched.note_saved(saved)
        except DownloadError as error:
            self._about_task(error)
            yield PictureNotSaved(*self._identity(started), error)
            raise
        misnamed = suffix_said_by(saved) not in (suffix, None)
        about = (saved, self.url, CONTENT_TYPES[suffix], misnamed)
        yield PictureSaved(*self._identity(started), *about)
        return saved

    def _try_to_save(self, directory: str | os.PathLike[str]) -> Steps[Path | DownloadError]:
        try:
            make_directory(directory)
            return (yield from self._save(directory))
        except DownloadError as error:
            return self._about_task(error)

    def _read(self) -> Steps[bytes]:
        fetched = self._fetched
        if fetched.content is None:
            buffer = io.BytesIO()
            try:
                yield from self._fetch(buffer, self._session.clock())
            except DownloadError as error:
                self._about_task(error)
                raise
            fetched.content = buffer.getvalue()
        return fetched.content

    def _fetch(self, file: BinaryIO, started: float) -> Steps[str]:
        """Write the picture to the file, downloaded unless it is at hand; its suffix."""

        def retrying(pause: float, reason: str) -> Retrying:
            return Retrying(*self._identity(started), "download", pause, reason)

        fetched = self._fetched
        content = fetched.at_hand()
        if content is None or fetched.suffix is None:
            suffix = yield from download_picture(self._session, self.url, file, retrying)
            fetched.note(suffix, file)
            return suffix
        with disk_errors(getattr(file, "name", "memory")):
            file.write(content)
        return fetched.suffix

    def _open(self, content: bytes) -> PillowImage:
        try:
            return open_with_pillow(content)
        except DownloadError as error:
            raise self._about_task(error) from None

    def _identity(self, started: float) -> tuple[str, str, int, str | None, float, str]:
        """What every event about the picture begins with."""
        elapsed = self._session.clock() - started
        return (self.gateway, *self._request, elapsed, self.task_id)

    def _about_task(self, error: DownloadError) -> DownloadError:
        """Whatever cannot be fetched or saved, the error names the task that was paid for."""
        error.gateway, error.task_ids = self.gateway, (self.task_id,)
        return error
