"""How a command ends: results on standard output, failures as one line and an exit code."""

import json
import os
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from unicodedata import category

import click

from ..core.ports import PartialResult
from ..core.task import Task
from ..errors import (
    DownloadError,
    Imagen4Error,
    PartialFailure,
    TaskFailed,
    TaskNotFound,
)
from ..interruptions import told_by
from . import exits
from .estimate import charged, money
from .progress import Display
from .signals import undisturbed
from .targets import Target

if TYPE_CHECKING:  # `history` makes no client
    from .asking import Where

OUT = "interrupted while a paid request was out: it may have arrived, look before repeating it"


def saved(result: PartialResult, paths: Sequence[Path], *, as_json: bool) -> None:
    """Print where the pictures are: a path a line, or one JSON document."""
    if as_json:
        click.echo(json.dumps(result_as_json(result, paths), indent=2))
    else:
        say(*paths)
        tell_charged(result.gateway, result.tasks)


def tell_charged(gateway: str, tasks: Sequence[Task]) -> None:
    """What the gateway said that tasks cost, if it did."""
    told = charged(tasks)
    if told is not None:
        exits.tell(f"The gateway charged {money(gateway, told)}")


def say(*lines: str | Path) -> None:
    """Print paths as they are, and words of a gateway so that they do not move the cursor."""
    for line in lines:
        click.echo(os.fsencode(line) if isinstance(line, Path) else harmless(line))


def harmless(text: str) -> str:
    """The text without controls, and without what no terminal can show."""
    if text.isprintable():  # soon seen, of 100,000 lines
        return text
    return "".join("\ufffd" if category(char) in ("Cc", "Cs") else char for char in text)


@dataclass
class Made:
    """What a command has got so far: with a result, its tasks have ended well."""

    result: PartialResult | None = None
    paths: Sequence[Path | None] = ()
    problem: DownloadError | None = None


def result_as_json(result: PartialResult, paths: Sequence[Path | None] = ()) -> dict[str, Any]:
    """A result for machines: what `Result.to_dict` says, and where each picture was saved.

    `credits` are what all tasks cost together; null where the gateway did not say.
    """
    names = [path and str(path) for path in paths] or [None] * len(result)
    known = result.to_dict()
    images = zip(known["images"], names, strict=True)
    images_as_json = [image | {"path": path} for image, path in images]
    return known | {"images": images_as_json, "credits": charged(result.tasks)}


def interruption_as_json(gateway: str, task_ids: Sequence[str], out: object) -> dict[str, Any]:
    """What a Ctrl-C leaves, for machines."""
    kind = {"type": "KeyboardInterrupt", "message": "interrupted", "gateway": gateway}
    return {**kind, "task_ids": task_ids, "creates_out": out}


@contextmanager
def ending(
    display: Display,
    where: "Where",
    *,
    as_json: bool,
    output: Path | None = None,
    empty: dict[str, Any] | None = None,
) -> Iterator[Made]:
    """Turn an error into its line and exit code, with the command that takes the tasks up again.

    The display ends before anything is said: it would be drawn over that. Once there is a result,
    or a part of one, an error says where each of its pictures is;
    `empty` is what stands beside it in the JSON document as long as there is none.
    """
    place = where.as_options() + (["--output", str(output)] if output else [])
    made = Made()
    try:
        with display:
            yield made
    except KeyboardInterrupt as stopped:
        with undisturbed():
            ids, out = told_by(stopped)
            ids = tuple(dict.fromkeys((*display.task_ids, *ids)))
            _hint(place, ids if made.result is None else made.result.task_ids, made, display)
            if as_json:
                told = interruption_as_json(display.gateway, ids, out)
                click.echo(json.dumps({"error": told} | (empty or {}), indent=2))
            if out:
                raise click.exceptions.Exit(exits.report(exits.Exit.UNCERTAIN, OUT)) from None
        raise
    except PartialFailure as error:
        if made.problem is not None:
            exits.tell(f"Not all are saved: {made.problem}")
            _hint(place, made.problem.task_ids, made, display)
        partial = result_as_json(error.result, made.paths) if error.result is not None else None
        fail(error, as_json=as_json, result=partial)
    except Imagen4Error as error:
        _hint(place, _ids(error, display), made, display)
        paths = getattr(error, "paths", ())
        known = result_as_json(made.result, paths) if made.result is not None else empty
        fail(error, as_json=as_json, result=known)


def _ids(error: Imagen4Error, display: Display) -> Sequence[str]:
    """What an error leaves to be taken up again: every id of a task that may be paid for.

    Not those of tasks that failed, or are unknown, or have their pictures saved.
    """
    if isinstance(error, TaskFailed | TaskNotFound):
        return ()
    if isinstance(error, DownloadError):
        return error.task_ids
    if exits.code_of(error) is exits.Exit.USAGE:
        return display.task_ids  # nothing was asked, say about ids that were only typed
    maybe = [getattr(error, "record_id", None)]
    known = [*display.task_ids, *error.task_ids, *(name for name in maybe if name)]
    return list(dict.fromkeys(known))


@contextmanager
def keeping(made: Made, output: Target) -> Iterator[None]:
    """Save what a partial failure leaves, while the client is open: old links need a fresh one."""
    try:
        yield
    except PartialFailure as error:
        made.result = error.result
        made.paths, made.problem = output.try_to_save(error.result)
        raise


def fail(error: Imagen4Error, *, as_json: bool, result: dict[str, Any] | None = None) -> NoReturn:
    if as_json:
        click.echo(json.dumps({"error": exits.as_json(error)} | (result or {}), indent=2))
    else:
        for image in (result or {}).get("images", ()):
            say(Path(image["path"]) if image["path"] else image["url"])
    raise click.exceptions.Exit(exits.report(*exits.explain(error)))


def _hint(place: Sequence[str], task_ids: Sequence[str], made: Made, display: Display) -> None:
    """Not of tasks that have ended without a picture: nothing will come of them."""
    worth = [each for each in task_ids if display.pictures.get(each) != 0]
    if worth:
        # After `--` an id is an id, whatever a gateway lets it begin with.
        fetch = ["imagen4", "fetch", "--gateway", display.gateway, *place]
        line = shlex.join([*fetch, "--", *worth])
        why = "Tasks may go on. To take them up again:"
        if made.result is not None or all(each in display.pictures for each in worth):
            why = "The tasks have ended. To fetch their pictures again:"
        exits.tell(f"{why}\n  {line}")
