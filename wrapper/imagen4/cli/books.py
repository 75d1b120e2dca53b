"""Which ledger a command uses: the user's own, unless it is told another."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from .. import Ledger, LedgerError

VARIABLE = "IMAGEN4_LEDGER"

ledger = click.option(
    "--ledger",
    "book",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar=VARIABLE,
    show_envvar=True,
    help="The ledger.  [default: ledger.db in the user's state folder]",
)
no_ledger = click.option(
    "--no-ledger", is_flag=True, help="Write nothing down: what is paid is lost with the process."
)


def path_of(book: Path | None) -> Path:
    """The ledger that is named, or the user's own."""
    from platformdirs import user_state_path

    return book or user_state_path("imagen4", appauthor=False) / "ledger.db"


@contextmanager
def opened(book: Path | None, *, new: bool = False) -> Iterator[Ledger]:
    """The ledger; a new one where it may be. Raises LedgerError."""
    path = path_of(book)
    if new:
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            words = f"No folder for the ledger at {str(path.parent)!r}: {error.strerror}"
            hint = "name another with --ledger FILE, or go without by --no-ledger"
            raise LedgerError(f"{words}; {hint}") from None
    elif not path.exists():
        raise LedgerError(f"There is no ledger {str(path)!r}: nothing was written down there")
    with Ledger(path) as found:
        yield found
