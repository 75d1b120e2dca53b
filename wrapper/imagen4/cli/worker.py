"""`imagen4 worker`: one of any number of processes that work through a queue."""

import atexit
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .. import DownloadError, InvalidRequest, Ledger
from ..facts import GATEWAYS
from . import asking, books, exits, log, options
from .asking import Where

if TYPE_CHECKING:
    from ..otel import Telemetry


@click.command()
@asking.gateway
@books.ledger
@click.option(
    "--account",
    "accounts",
    multiple=True,
    metavar="VARIABLE[=CREDITS]",
    show_default="the gateway's variable",
    help="Use the account whose key is in this environment variable, and spend at most so much. "
    "This may be given several times.",
)
@options.option(
    "--concurrency",
    type=click.IntRange(min=1),
    default=50,
    help="Have this many requests under way; the worker that started last says it for all.",
)
@options.option(
    "--output",
    "-o",
    metavar="DIR|URL",
    default="out",
    help="Save the pictures in this directory, or where fsspec finds this URL.",
)
@click.option(
    "--telemetry",
    is_flag=True,
    help="Trace each request by OpenTelemetry, as `opentelemetry-instrument` sets it up: one "
    "trace whichever workers have it. Needs the extra otel.",
)
def command(
    where: Where,
    book: str | Path | None,
    accounts: tuple[str, ...],
    concurrency: int,
    output: str,
    telemetry: bool,
) -> None:
    """Make the pictures of requests that `imagen4 batch --enqueue` put into the queue.

    Start as many as you like, on any machines: together they keep the rate and the budget of each
    account, and no create is sent twice. Every worker of a queue has the same accounts, whose keys
    stay in its environment. A worker that vanishes is missed within 15 seconds, and the others go
    on with its requests. SIGTERM or Ctrl-C: no new create is sent, those that are out get their
    answers, and the process ends within 40 seconds.
    """
    from ..workers import work
    from ..workers.accounts import Accounts
    from ..workers.desk import Desk
    from ..workers.destinations import Destination

    logger = logging.getLogger("imagen4")
    if not logger.handlers:
        log.to_stderr("info")
    names = accounts or (GATEWAYS[where.gateway].key_variable,)
    with books.opened(book, new=True) as ledger:
        try:
            destination = Destination(output)
            traced = tracing(ledger) if telemetry else None
            paying = Accounts(
                names,
                where.gateway,
                where.base_url,
                ledger,
                allow_http=where.allow_http,
                on_event=traced,
            )
        except InvalidRequest as problem:
            raise click.UsageError(exits.said(problem)) from None
        except DownloadError as problem:
            raise click.UsageError(f"--output: {problem.message}") from None
        work(ledger, where.gateway, Desk(ledger, paying, destination), concurrency)
    atexit._run_exitfuncs()  # logs and traces
    os._exit(0)  # DBOS's threads may sleep for 20 s in waits that are now another worker's


def tracing(ledger: Ledger) -> "Telemetry":
    """A tag stands once in a ledger, so it names a trace."""
    from ..otel import Telemetry

    return Telemetry(by_tag=ledger.identity)
