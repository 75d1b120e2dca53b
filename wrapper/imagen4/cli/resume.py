"""`imagen4 resume`: finish what earlier commands left in the ledger."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from .. import Client, Gateway, Imagen4Error
from ..ledger.schema import UNANSWERED, creates, is_one_of
from . import books, exits, options, outcome
from .progress import display

UNCERTAIN = "{} creates have no answer: see `imagen4 history --state uncertain`"


@click.command()
@options.gateway
@books.ledger
@options.timeout
@options.output
@options.as_json
def command(
    gateway: Gateway,
    base_url: str | None,
    allow_http: bool,
    book: str | Path | None,
    timeout: float | None,
    output: Path,
    as_json: bool,
) -> None:
    """Save the pictures of all tasks that earlier commands created and did not finish.

    Also those of a command that was killed. Nothing is paid.
    """
    results: list[dict[str, Any]] = []
    errors: list[Imagen4Error] = []
    with (
        books.opened(book) as ledger,
        Client(gateway, base_url=base_url, allow_http=allow_http) as client,
        display(gateway) as shown,
    ):
        for done in client.resume(ledger, timeout=timeout, on_event=shown.tell):
            try:
                result = done.get()
                results.append(outcome.result_as_json(result, result.save(output)))
            except Imagen4Error as error:
                errors.append(error)
        here = creates.c.base_url == client.base_url
        uncertain = len(ledger.rows(here, is_one_of(UNANSWERED)))
    if as_json:
        failures = list(map(exits.as_json, errors))
        told = {"results": results, "errors": failures, "uncertain": uncertain}
        click.echo(json.dumps(told, indent=2))
    else:
        outcome.say(*(Path(image["path"]) for each in results for image in each["images"]))
    exit_after(errors, uncertain)


def exit_after(errors: Sequence[Imagen4Error], uncertain: int) -> NoReturn:
    """A line for each failure; the exit code is that of the last one."""
    codes = [exits.report(*exits.explain(error)) for error in errors]
    if uncertain:
        codes.append(exits.report(exits.Exit.UNCERTAIN, UNCERTAIN.format(uncertain)))
    raise click.exceptions.Exit(codes[-1] if codes else 0)
