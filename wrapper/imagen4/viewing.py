"""Pictures opened by Pillow, which is an extra, and shown on a screen."""

from __future__ import annotations

import io
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from .errors import DownloadError, InvalidRequest
from .notebook import running_ipython, shows_html

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage


def require_pillow() -> None:
    """Raises InvalidRequest without it: before anything is downloaded."""
    try:
        import_module("PIL.Image")
    except ImportError:
        raise InvalidRequest(
            "Opening and showing pictures needs Pillow; run: pip install 'imagen4[pillow]'"
        ) from None


def open_with_pillow(content: bytes) -> PillowImage:
    """The picture for Pillow. Raises DownloadError for what this Pillow cannot read."""
    from PIL import Image

    try:
        return Image.open(io.BytesIO(content))
    except (OSError, Image.DecompressionBombError) as problem:
        reason = type(problem).__name__
        raise DownloadError(f"The picture cannot be opened by Pillow: {reason}") from None


def in_notebook() -> bool:
    """Whether IPython runs here, and shows more than a terminal's text."""
    shell = running_ipython()
    return shell is not None and shows_html(shell)


def show_in_notebook(shown: object) -> None:
    """Beneath the cell."""
    sys.modules["IPython"].display.display(shown)


def show_in_window(picture: PillowImage, title: str) -> None:
    """By the program for that of this machine. Raises InvalidRequest if there is none."""
    from PIL import ImageShow

    if not ImageShow.show(picture, title):
        raise InvalidRequest("No program on this machine shows pictures; save() it instead")
