"""`imagen4 history`: the creates in a ledger, newest first."""

import json
from pathlib import Path
from typing import Any

import click

from ..ledger import Row, RowState
from . import books, options, outcome
from .watching import changes_in


@click.command()
@click.argument("word", required=False)
@books.ledger
@click.option("--tag", metavar="TEXT", help="List only creates of the request with this tag.")
@click.option(
    "--state",
    type=click.Choice([each.value for each in RowState]),
    help="List only creates in this state.",
)
@click.option("--watch", is_flag=True, help="Go on with a line whenever a create changes.")
@options.as_json
def command(
    word: str | None,
    book: str | Path | None,
    tag: str | None,
    state: str | None,
    watch: bool,
    as_json: bool,
) -> None:
    """List every create, newest first; only those with WORD in a field, a tag or an id.

    Each line begins with the row's number, which `imagen4 resolve` takes. With --watch the newest
    is the last one; --json then prints a line of JSON for each.
    """
    with books.opened(book) as ledger:
        for row in changes_in(ledger) if watch else ():
            if wanted(row, word, tag, state):
                click.echo(json.dumps(row_as_json(row)) if as_json else harmless_line(row))
        rows = [row for row in reversed(ledger.rows()) if wanted(row, word, tag, state)]
    if as_json:
        click.echo(json.dumps(list(map(row_as_json, rows)), indent=2))
    elif rows:
        click.echo("\n".join(map(harmless_line, rows)))


def wanted(row: Row, word: str | None, tag: str | None, state: str | None) -> bool:
    return (
        (state is None or state_of(row) == state)
        and (tag is None or row.tag == tag)
        and (word is None or any(word.lower() in text.lower() for text in texts_of(row)))
    )


def texts_of(row: Row) -> tuple[str, ...]:
    return (row.tag or "", row.task_id or "", *map(str, row.fields.values()))


def state_of(row: Row) -> str:
    """What nobody has an answer to is uncertain, as long as nobody is at work on it."""
    return RowState.UNCERTAIN if row.uncertain else row.state


def row_as_json(row: Row) -> dict[str, Any]:
    """A row for machines."""
    names = ("id", "started", "gateway", "model", "tag", "number", "total", "task_id", "seed")
    told = {name: getattr(row, name) for name in names}
    more = ("fields", "estimate", "charged", "reason", "balance_before", "balance_after")
    paths = {"paths": list(row.paths.values()), "passed_over": row.passed_over}
    return told | {"state": state_of(row)} | {name: getattr(row, name) for name in more} | paths


def harmless_line(row: Row) -> str:
    """Without what would steer a terminal."""
    return outcome.harmless(line_of(row))


def line_of(row: Row) -> str:
    prompt = str(row.fields.get("prompt", ""))[:60]
    state = (row.gateway, state_of(row), row.tag)
    words = (row.id, row.started, *state, row.task_id, prompt, row.reason)
    known = "  ".join(str(word) for word in words if word)
    return f"{known}  {row.evidence}" if row.uncertain else known
