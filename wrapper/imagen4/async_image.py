"""One picture, from the async client: saved, read, opened, shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .base_image import BaseImage
from .viewing import in_notebook, require_pillow, show_in_notebook, show_in_window
from .wire.loops import running_loop

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from PIL.Image import Image as PillowImage

    from .downloads.async_fetched import AsyncFetched
    from .events import Listener
    from .wire.async_driving import AsyncDriver


@dataclass(frozen=True, slots=True, repr=False)
class AsyncImage(BaseImage):
    """One picture, from `AsyncClient`.

    In a notebook it shows itself: as it was read, else by its link, since nothing can be awaited
    there.
    """

    _fetched: AsyncFetched = field(compare=False)
    _driver: AsyncDriver = field(compare=False)

    async def save(
        self,
        path: str | os.PathLike[str],
        on_event: Listener | None = None,
        *,
        name: str | None = None,
    ) -> Path:
        """Write the picture to a file, or into a directory.

        path: a directory is one that exists, or any path without a suffix; there the file is
            named after task and picture, with the suffix of its content. Any other path is the
            file's name as it is: if its suffix is that of another kind of picture, that is logged
            as a warning, and told by `PictureSaved.misnamed`.
        on_event: called with each event; may be a coroutine function.
        name: the file's name in a directory, without its suffix.
        Returns where the picture is. Raises DownloadError.
        """
        return await self._driver.run(self._save(path, name), on_event)

    async def read(self) -> bytes:
        """Download the picture and return its bytes.

        That happens once, also when several ask at a time: the bytes (64 MiB at most) are kept as
        long as the image is, and `save` writes those. `save` alone keeps nothing in memory;
        what it wrote is then read from there, unless somebody has changed the file.
        Raises DownloadError; the next call then tries again.
        """
        if self._fetched.content is not None:
            return self._fetched.content
        running_loop()
        async with self._fetched.turn_in_loop():
            return await self._driver.run(self._read())

    async def to_pil(self) -> PillowImage:
        """Read the picture and open it with Pillow, an extra: pip install 'imagen4[pillow]'.

        Raises DownloadError, and InvalidRequest without Pillow.
        """
        require_pillow()
        return self._open(await self.read())

    async def show(self) -> None:
        """Show the picture: beneath the cell of a notebook, elsewhere in a window.

        The window is that of this machine's viewer, by Pillow: pip install 'imagen4[pillow]'.
        Raises DownloadError, and InvalidRequest without Pillow or a viewer.
        """
        if in_notebook():
            await self.read()
            show_in_notebook(self)
        else:
            show_in_window(await self.to_pil(), self._name)

    def _repr_html_(self) -> str:
        return self._figure()
