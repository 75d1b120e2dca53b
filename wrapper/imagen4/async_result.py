"""The pictures of a request of the async client, and what else came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .async_image import AsyncImage
from .result import BaseResult, paths_of

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from .events import Listener
    from .wire.async_driving import AsyncDriver


@dataclass(frozen=True, slots=True, repr=False)
class AsyncResult(BaseResult[AsyncImage]):
    """The pictures of one request, from `AsyncClient`: a sequence of them.

    In a notebook it shows them as each shows itself: what was read, else by its link.
    """

    _driver: AsyncDriver = field(compare=False)

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

    def _repr_html_(self) -> str:
        return self._gallery([None] * len(self))
