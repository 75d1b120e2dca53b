"""`imagen4 batch --enqueue`: hand the requests of a file to workers."""

from collections.abc import Sequence
from pathlib import Path

import click
from click.core import ParameterSource

from .. import Ledger
from . import books, exits
from .asking import Where
from .batch_file import Line
from .batch_names import FileNames


def hand_over(
    lines: Sequence[Line],
    names: FileNames,
    where: Where,
    book: str | Path | None,
    batch: str,
    max_credits: float | None,
    *,
    retry_failed: bool,
) -> None:
    """Put all lines into the gateway's queue. Raises UsageError for what only a run can do."""
    from ..workers import enqueue
    from ..workers.orders import Order

    if len(where.gateways) > 1:
        raise click.UsageError("--enqueue takes one gateway: workers serve one each.")
    place = book or books.in_environment()
    if place is None:
        raise click.UsageError("--enqueue needs --database: where the workers look for requests")
    if click.get_current_context().get_parameter_source("output") != ParameterSource.DEFAULT:
        raise click.UsageError("--output is for the workers to say: imagen4 worker --output")
    orders = [
        Order(
            line.request,
            tuple(names.name(line.tag, number) for number in range(1, line.pictures + 1)),
            batch,
            max_credits,
        )
        for line in lines
    ]
    with Ledger(place) as ledger:
        if retry_failed:
            ledger.retry_failed(line.tag for line in lines)
        put = enqueue(ledger, where.gateway, orders)
    exits.tell(f"{put} of {len(lines)} requests were put into the queue")
    if put < len(lines):
        exits.tell(f"{len(lines) - put} are in it already, or with a worker")
