"""`imagen4 batch`: many requests from a file; run again, it continues."""

import json
import os
from pathlib import Path
from typing import NoReturn

import click

from .. import Ledger, Model
from ..ledger import Row
from ..ledger.schema import UNANSWERED, is_one_of
from . import asking, books, estimate, exits, options, outcome, targets
from .asking import Where
from .batch_file import read_batch
from .batch_index import write_index
from .batch_names import FileNames
from .batch_plan import BatchPlan, told_plan
from .batch_progress import batch_display
from .batch_report import BatchReport
from .batch_run import BatchRun, places_of
from .enqueue import hand_over
from .fields import model_option, named_values, set_option
from .signals import undisturbed


@click.command()
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
)
@asking.gateways
@model_option("Use this model for lines that name none")
@set_option("Set a column for the lines that have none of that name")
@options.callback_url
@targets.folder
@books.option("ledger.db in the output folder")
@options.option(
    "--name",
    "template",
    metavar="TEMPLATE",
    default="{tag}-{index}.{ext}",
    help="Name the files by this template; {line} is the line's number.",
)
@click.option(
    "--max-credits",
    type=click.FloatRange(min=0),
    help="Send no create with which the ledger's would cost more.",
)
@estimate.dry_run
@click.option("--retry-failed", is_flag=True, help="Pay again for tasks that failed.")
@click.option("--enqueue", is_flag=True, help="Leave it to workers: see `imagen4 worker`.")
@options.timeout
@options.as_json
def command(
    file: Path,
    where: Where,
    model: Model,
    pairs: tuple[str, ...],
    callback_url: str | None,
    output: Path,
    book: str | Path | None,
    template: str,
    max_credits: float | None,
    dry_run: bool,
    retry_failed: bool,
    enqueue: bool,
    timeout: float | None,
    as_json: bool,
) -> None:
    """Make the pictures of all lines in FILE and save them; `-` is standard input.

    FILE is a table (.csv, .tsv), JSON lines (.jsonl), or one prompt a line; columns are a request's
    arguments, the model's fields, and `tag`, by which a line is found again. All lines are
    checked before the first is sent. Every create is written into a ledger before it leaves: run
    the same command again, whatever stopped it, and it continues without paying twice.
    index.html in the output folder shows the pictures with their prompts.
    """
    columns = {"model": model} | ({"callback_url": callback_url} if callback_url else {})
    queue = books.in_environment() if enqueue else None
    place = book or queue or output / "ledger.db"
    rows = rows_at(place)
    known = {row.tag for row in rows}
    lines = read_batch(file, where.gateways, columns | named_values(pairs), known)
    names = FileNames(template, lines)
    plan = BatchPlan(lines, where.places(), rows, retry_failed=retry_failed)
    if dry_run:
        told_plan(plan, as_json=as_json)
        return
    if enqueue:
        hand_over(lines, names, where, book, file.name, max_credits, retry_failed=retry_failed)
        plan.tell()
        return
    # Entered last, to end first; made first, since what it refuses is to leave no folder behind.
    client = where.client(model=model)
    holds_ledger = isinstance(place, Path) and place.parent == output
    (targets.make if holds_ledger else targets.probe)(output)
    plan.tell()
    with (
        Ledger(place, max_credits=max_credits, batch=file.name) as ledger,
        ledger.alone(),
        client,
        batch_display(len(lines), ledger) as shown,
    ):
        run = BatchRun(client, ledger, lines, names, output, shown, timeout)
        work_through(run, retry_failed=retry_failed)
        rows = ledger.rows()
        report = BatchReport(lines, rows, places_of(client), run.errors)
        if output.exists():  # else nothing was paid
            write_index(output, rows)
    end_with(report, as_json=as_json)


def rows_at(place: str | Path) -> list[Row]:
    """What a ledger has already. Where there is none, none is made: nothing may come of it."""
    # os.path: a name may be longer than any file's, which Path takes for an error.
    there = isinstance(place, str) or os.path.exists(place)  # noqa: PTH110
    if not there:
        return []
    with Ledger(place) as ledger:
        return ledger.rows()


def work_through(run: BatchRun, *, retry_failed: bool) -> None:
    try:
        run.work(retry_failed=retry_failed)
    except KeyboardInterrupt:
        with undisturbed():
            exits.tell("The same command continues; what is paid stands in the ledger.")
            if run.ledger.rows(is_one_of(UNANSWERED)):
                code = exits.report(exits.Exit.UNCERTAIN, outcome.OUT)
                raise click.exceptions.Exit(code) from None
        raise


def end_with(report: BatchReport, *, as_json: bool) -> NoReturn:
    if as_json:
        click.echo(json.dumps(report.as_json(), indent=2))
    else:
        outcome.say(*report.paths)
    report.tell()
    raise click.exceptions.Exit(report.code)
