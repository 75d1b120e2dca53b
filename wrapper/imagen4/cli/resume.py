"""`imagen4 resume`: finish what earlier commands left in the ledger."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import click

from .. import Client, Imagen4Error, Ledger, PartialFailure, Result, Task
from ..core.many import Finished
from ..events import Listener
from ..interruptions import told_by
from ..ledger.schema import OPEN, UNANSWERED, creates, is_one_of
from . import asking, books, exits, options, outcome, targets
from .asking import Where
from .progress import display
from .signals import undisturbed

LEFT = "Tasks left at {}, which --gateway does not name: {}"
UNCERTAIN = "Creates without an answer: {}; see `imagen4 history --state uncertain`"


@click.command()
@asking.all_gateways
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
    output.probe()
    resumed = Resumed(output)
    shown = display(where.gateway)
    try:
        with books.opened(book) as ledger, where.client() as client, shown:
            resume_all(ledger, client, where, resumed, shown.tell, timeout)
    except KeyboardInterrupt as stopped:
        with undisturbed():
            exits.tell("The same command goes on with the rest.")
            names = ",".join(where.gateways)
            resumed.print(as_json, outcome.interruption_as_json(names, *told_by(stopped)))
        raise
    resumed.print(as_json)
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

    def print(self, as_json: bool, *more: dict[str, Any]) -> None:
        """On standard output: the paths, or what is not saved, or all there is as one document."""
        if as_json:
            failures = [*map(exits.as_json, self._errors), *more]
            told = {"results": self._results, "errors": failures, "uncertain": self.uncertain}
            click.echo(json.dumps(told, indent=2))
            return
        images = [image for each in self._results for image in each["images"]]
        outcome.say(*(Path(each["path"]) if each["path"] else each["url"] for each in images))
        for gateway in dict.fromkeys(task.gateway for task in self._tasks):
            tasks = [task for task in self._tasks if task.gateway == gateway]
            outcome.tell_charged(gateway, tasks)

    def tell(self) -> int:
        """A line for each failure; the exit code is that of the last one."""
        codes = [exits.report(*exits.explain(error)) for error in self._errors]
        if self.uncertain:
            codes.append(exits.report(exits.Exit.UNCERTAIN, UNCERTAIN.format(self.uncertain)))
        return codes[-1] if codes else 0


def resume_all(
    ledger: Ledger,
    client: Client,
    where: Where,
    resumed: Resumed,
    tell: Listener,
    timeout: float | None,
) -> None:
    here = where.places().items()
    if not resumed.output.is_folder:
        left = [job for job in ledger.open_jobs() if job.place in here]
        resumed.output.refuse(sum(len(job.task_ids) for job in left))
    for done in client.resume(ledger, timeout=timeout, on_event=tell):
        resumed.save(done)
    rows = ledger.rows(is_one_of(UNANSWERED))
    resumed.uncertain = sum((row.gateway, row.base_url) in here for row in rows)
    others = ledger.rows(creates.c.gateway.not_in(where.gateways), is_one_of(OPEN))
    for gateway, tasks in Counter(row.gateway for row in others if row.task_id).items():
        exits.tell(LEFT.format(gateway, tasks))
