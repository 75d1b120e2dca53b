"""Where `--output` of a request leads: a folder, one file, or a template with a name for each."""

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from ..downloads.formats import suffix_said_by
from ..errors import DownloadError
from ..image import Image
from ..result import Result, paths_of
from . import options

INDEX = "{index}"


class Target:
    """A name that ends like a picture's is a file, unless there is a folder of that name."""

    def __init__(self, text: str) -> None:
        self.path = Path(text)
        named = suffix_said_by(self.path) is not None and not self.path.is_dir()
        self._template = INDEX in text
        self._file = named and not self._template
        if re.search(r"\{\w*\}", text.replace(INDEX, "")) or (self._template and not named):
            raise click.BadParameter(f"A template may have {INDEX} and ends like .png: {text}")

    def refuse(self, pictures: int) -> None:
        """Several pictures do not fit into one file."""
        if self._file and pictures > 1:
            several = self.path.with_name(f"{self.path.stem}-{INDEX}{self.path.suffix}")
            raise click.BadParameter(
                f"One file for {pictures} pictures; name each: {several}", param_hint="--output"
            )

    def probe(self) -> None:
        """Say that the folder cannot be made; nothing is left of the attempt."""
        folder = self.path.parent if self._file or self._template else self.path
        new = [each for each in (folder, *folder.parents) if not each.exists()]
        try:
            options.make(folder)
        finally:
            for each in new:
                with suppress(OSError):  # another process may use it by now
                    each.rmdir()

    def save(self, result: Result) -> list[Path]:
        """Save all pictures, also more than were asked for. Raises DownloadError, as they do."""
        if not (self._file or self._template):
            return result.save(self.path)
        return paths_of([self._saved(image) for image in result.images])

    def _saved(self, image: Image) -> Path | DownloadError:
        number = image.index + 1
        path = Path(str(self.path).replace(INDEX, str(number)))
        if self._file and number > 1:  # paid for, and not to replace the first
            path = path.with_stem(f"{path.stem}-{number}")
        try:
            return image.save(path)
        except DownloadError as error:
            return error


class _Type(click.Path):
    """Read as a text; completed by the shell as a path."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return value if isinstance(value, Target) else Target(str(value))
        except OSError as error:
            self.fail(f"{error.strerror}: {value}", param, ctx)


output = click.option(
    "--output",
    "-o",
    type=_Type(),
    default="out",
    show_default=True,
    metavar="FOLDER|FILE",
    help=f"Where to save: a folder, fox.png for one picture, or a template as in out/{INDEX}.png.",
)
