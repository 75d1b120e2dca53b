"""`imagen4 spend`: what a ledger's creates cost."""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from ..ledger import Row
from ..ledger.schema import SENDABLE
from . import books, options, outcome
from .estimate import number_of_tasks

GROUPS: dict[str, Callable[[Row], str]] = {
    "day": lambda row: row.started[:10],
    "model": lambda row: row.model,
    "gateway": lambda row: row.gateway,
    "batch": lambda row: row.batch,
}


@click.command()
@books.ledger
@options.option(
    "--by",
    type=click.Choice(list(GROUPS)),
    default="day",
    help="Add up for each day, model, gateway or batch.",
)
@options.as_json
def command(book: str | Path | None, by: str, as_json: bool) -> None:
    """Add up the creates that may have been accepted, in the gateway's credits.

    What is uncertain counts as spent. `told` are the creates whose price the gateway has told,
    `charged` is what it told, and `listed` what the price list says of the same creates.
    """
    groups: dict[str, list[Row]] = defaultdict(list)
    with books.opened(book) as ledger:
        for row in ledger.rows():
            if row.state not in SENDABLE:
                groups[GROUPS[by](row)].append(row)
    sums = [{by: name, **added_up(rows)} for name, rows in sorted(groups.items())]
    if as_json:
        click.echo(json.dumps(sums, indent=2))
        return
    for each in sums:
        line = f"{each[by] or '-'}  {each['spent']:g} credits, {number_of_tasks(each['tasks'])}"
        if each["uncertain"]:
            line += f", {each['uncertain']} uncertain"
        if each["unknown"]:
            line += f", the price of {each['unknown']} not known"
        if each["charged"] != each["listed"]:
            line += f"; charged {each['charged']:g} where the price list says {each['listed']:g}"
        outcome.say(line)


def added_up(rows: Sequence[Row]) -> dict[str, Any]:
    """As charged, else as listed."""
    told = [row for row in rows if row.charged is not None]
    prices = [row.estimate if row.charged is None else row.charged for row in rows]
    return {
        "tasks": len(rows),
        "uncertain": sum(row.uncertain for row in rows),
        "spent": sum(price or 0.0 for price in prices),
        "unknown": prices.count(None),
        "told": len(told),
        "charged": sum(row.charged or 0.0 for row in told),
        "listed": sum(row.estimate or 0.0 for row in told),
    }
