"""`imagen4 resolve`: say what became of a create that has no answer."""

from pathlib import Path

import click

from ..ledger.schema import creates
from . import books, exits
from .history import line_of
from .outcome import harmless


@click.command()
@click.argument("row", type=int)
@books.ledger
@click.option("--created", metavar="TASK", help="Say that it made this task.")
@click.option("--not-created", is_flag=True, help="Say that it made none, and may be sent again.")
def command(row: int, book: str | Path | None, created: str | None, not_created: bool) -> None:
    """Settle the uncertain create of number ROW, as `imagen4 history` lists it.

    Look at the gateway's list of tasks, or at the balance, first: a create that is sent again
    although it made a task is paid twice. Without an option, what is known of it is shown.
    """
    with books.opened(book) as ledger:
        if (created is None) != not_created:
            for each in ledger.rows(creates.c.id == row):
                exits.tell(harmless(line_of(each)))
            raise click.UsageError("Either --created TASK or --not-created")
        ledger.resolve(row, created)
    exits.tell("Run the program again: it goes on with that.")
