"""`imagen4 resume`: finish what earlier commands left in the ledger."""

import json
from pathlib import Path
from typing import Any

import click

from .. import Client, Imagen4Error, Ledger, PartialFailure, Result, Task
from ..core.many import Finished
from ..interruptions import told_by
from ..ledger.schema import UNANSWERED, creates, is_one_of
from . import asking, books, exits, options, outcome, targets
from .asking import Where
from .progress import Display, display
from .signals import undisturbed

UNCERTAIN = "{} creates have no answer: see `imagen4 history --state uncertain`"


@click.command()
@asking.gateway
@books.ledger
@options.timeout
@targets.output
@options.as_json
def command(
    where: Where,
    book: str | Path | None,
    timeout: float | None,
    output: targets.Target,
    as_json: bool,
) -> None:
    """Save the pictures of all tasks that earlier commands created and did not finish.

    That includes those of a command that was killed. Nothing is paid.
    """
    resumed = Resumed(output)
    shown = display(where.gateway)
    try:
        with books.opened(book) as ledger, where.client() as client, shown:
            resume_all(ledger, client, resumed, shown, timeout)
    except KeyboardInterrupt as stopped:
        with undisturbed():
            exits.tell("The same command goes on with the rest.")
            out = outcome.interruption_as_json(where.gateway, *told_by(stopped))
            resumed.print(where.gateway, as_json, out)
        raise
    resumed.print(where.gateway, as_json)
    raise click.exceptions.Exit(resumed.tell())


class Resumed:
    """What has come so far, of which requests there are pictures and of which errors."""

    def __init__(self, output: targets.Target) -> None:
        self.output = output
        self.uncertain = 0
        self._results: list[dict[str, Any]] = []
        self._tasks: list[Task] = []
        self._errors: list[Imagen4Error] = []

    def save(self, done: Finished[Result]) -> None:
        """All its pictures; also those of a request that failed in part."""
        part = done.error.result if isinstance(done.error, PartialFailure) else None
        made = part if done.result is None else done.result
        paths, problem = self.output.try_to_save(made)
        self._errors += [each for each in (done.error, problem) if each]
        if made is not None:
            self._tasks += made.tasks
            self._results.append(outcome.result_as_json(made, paths))

    def print(self, gateway: str, as_json: bool, *more: dict[str, Any]) -> None:
        """On standard output: the paths, or all there is to say as one document."""
        if as_json:
            failures = [*map(exits.as_json, self._errors), *more]
            told = {"results": self._results, "errors": failures, "uncertain": self.uncertain}
            click.echo(json.dumps(told, indent=2))
            return
        images = [image for each in self._results for image in each["images"]]
        outcome.say(*(Path(image["path"]) for image in images if image["path"]))
        outcome.tell_charged(gateway, self._tasks)

    def tell(self) -> int:
        """A line for each failure; the exit code is that of the last one."""
        codes = [exits.report(*exits.explain(error)) for error in self._errors]
        if self.uncertain:
            codes.append(exits.report(exits.Exit.UNCERTAIN, UNCERTAIN.format(self.uncertain)))
        return codes[-1] if codes else 0


def resume_all(
    ledger: Ledger, client: Client, resumed: Resumed, shown: Display, timeout: float | None
) -> None:
    if not resumed.output.is_folder:
        left = [job for job in ledger.open_jobs() if job.rows[0].base_url == client.base_url]
        resumed.output.refuse(sum(len(job.task_ids) for job in left))
    for done in client.resume(ledger, timeout=timeout, on_event=shown.tell):
        resumed.save(done)
    here = creates.c.base_url == client.base_url
    resumed.uncertain = len(ledger.rows(here, is_one_of(UNANSWERED)))
