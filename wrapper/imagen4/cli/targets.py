"""Where `--output` leads: a folder, and of some commands one file, or a template of names."""

import os
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from ..core.ports import PartialResult
from ..downloads.formats import suffix_said_by
from ..downloads.parts import try_directory
from ..errors import DownloadError
from ..image import Image
from ..result import Result, paths_of
from .options import Command

INDEX = "{index}"


class Target:
    """A name that ends like a picture's is a file, unless there is a folder of that name."""

    def __init__(self, text: str) -> None:
        self.path = Path(text)
        named = suffix_said_by(self.path) is not None and not text.endswith(("/", os.sep))
        named = named and not self.path.is_dir()
        self._template = INDEX in text
        self._file = named and not self._template
        self._pictures = 0  # saved or tried, of all results
        if re.search(r"\{\w*\}", text.replace(INDEX, "")) or (self._template and not named):
            raise click.BadParameter(f"A template may have {INDEX} and ends like .png: {text}")

    @property
    def is_folder(self) -> bool:
        return not (self._file or self._template)

    def refuse(self, pictures: int) -> None:
        """Several pictures do not fit into one file."""
        if self._file and pictures > 1:
            several = self.path.with_name(f"{self.path.stem}-{INDEX}{self.path.suffix}")
            raise click.BadParameter(
                f"One file for {pictures} pictures; name each: {several}", param_hint="--output"
            )

    def probe(self) -> None:
        """Say that the folder cannot be made; nothing is left of the attempt."""
        probe(self.path if self.is_folder else self.path.parent)

    def save(self, result: Result) -> list[Path]:
        """Save all pictures, also more than were asked for. Raises DownloadError, as they do."""
        before = self._pictures
        self._pictures += len(result.images)
        if self.is_folder:
            return result.save(self.path)
        return paths_of([self._saved(each, before + each.index + 1) for each in result.images])

    def try_to_save(
        self, result: PartialResult | None
    ) -> tuple[Sequence[Path | None], DownloadError | None]:
        """Where the pictures are, and what kept some of them from being saved."""
        try:
            return (self.save(result) if isinstance(result, Result) else ()), None
        except DownloadError as problem:
            return problem.paths, problem

    def _saved(self, image: Image, number: int) -> Path | DownloadError:
        path = Path(str(self.path).replace(INDEX, str(number)))
        if self._file and number > 1:  # paid for, and not to replace the first
            path = path.with_stem(f"{path.stem}-{number}")
        try:
            return image.save(path)
        except DownloadError as error:
            return error


def make(directory: Path) -> None:
    """Make the directory for the pictures, or say why they cannot be saved there."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        try_directory(directory)
    except OSError as error:
        raise click.BadParameter(f"{error.strerror}: {directory}", param_hint="--output") from None


def probe(directory: Path) -> None:
    """Say that it cannot be made; nothing is left of the attempt."""
    # os.path: a name may be longer than any file's, which Path takes for an error.
    new = [each for each in (directory, *directory.parents) if not os.path.exists(each)]  # noqa: PTH110
    try:
        make(directory)
    finally:
        for each in new:
            with suppress(OSError):  # another process may use it by now
                each.rmdir()


class _Place(click.Path):
    """Read as a text; completed by the shell as a path."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return value if isinstance(value, Target) else Target(str(value))
        except OSError as error:
            self.fail(f"{error.strerror}: {value}", param, ctx)


class _Folder(click.Path):
    """A folder, where each picture gets a name of its own."""

    def __init__(self) -> None:
        super().__init__(file_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not _names_folder(str(value)):
            options = [] if ctx is None else [each.name for each in ctx.command.params]
            hint = "; --name says how they are called" if "template" in options else ""
            self.fail(f"Must be a folder, for pictures of several requests{hint}", param, ctx)
        return super().convert(value, param, ctx)


def _names_folder(text: str) -> bool:
    try:
        return Target(text).is_folder
    except (OSError, click.BadParameter):
        return False


def _option(kind: click.Path, metavar: str, words: str) -> Callable[[Command], Command]:
    return click.option(
        *("--output", "-o"),
        type=kind,
        default="out",
        show_default=True,
        metavar=metavar,
        help=words,
    )


output = _option(
    _Place(),
    "FOLDER|FILE",
    f"Save into this folder, as fox.png (one picture), or by a template (out/{INDEX}.png).",
)
folder = _option(_Folder(), "FOLDER", "Save the pictures in this folder.")
