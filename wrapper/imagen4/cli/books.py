"""Which ledger a command uses: the user's own, unless it is told another."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from .. import Ledger, LedgerError
from .options import Command, OfVariable

VARIABLE = "IMAGEN4_LEDGER"
WORDS = "Use this ledger: a file, or a database at postgresql://…."


class Place(click.Path):
    """A file, or the address of a database."""

    name = "place"

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return value if "://" in str(value) else super().convert(value, param, ctx)


def option(default: str, **more: Any) -> Callable[[Command], Command]:
    """Where what is paid is written down."""
    names = ("--ledger", "--database", "book")
    return click.option(
        *names, type=Place(), metavar="FILE|URL", help=WORDS, show_default=default, **more
    )


ledger = option(
    "ledger.db in the user's state folder", cls=OfVariable, envvar=VARIABLE, show_envvar=True
)
no_ledger = click.option(
    "--no-ledger", is_flag=True, help="Write nothing down: what is paid is lost with the process."
)


def in_environment() -> str | None:
    """The ledger that a queue is in, where the command itself names none."""
    return os.environ.get(VARIABLE, "").strip() or None


def named_or_own(book: str | Path | None) -> str | Path:
    """The ledger that is named, or the user's own."""
    from platformdirs import user_state_path

    return book or user_state_path("imagen4", appauthor=False) / "ledger.db"


@contextmanager
def opened(book: str | Path | None, *, new: bool = False) -> Iterator[Ledger]:
    """The ledger; a new one where it may be. Raises LedgerError."""
    path = named_or_own(book)
    if new and isinstance(path, Path):
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            words = f"No folder for the ledger at {str(path.parent)!r}: {error.strerror}"
            hint = "name another with --ledger FILE, or go without by --no-ledger"
            raise LedgerError(f"{words}; {hint}") from None
    with Ledger(path, new=new) as found:
        yield found
