"""`imagen4 fetch`: take tasks up again and save their pictures."""

import click

from . import asking, options, outcome, targets
from .asking import Where
from .progress import display


@click.command()
@options.task_ids
@asking.gateway
@options.timeout
@targets.output
@options.as_json
def command(
    task_ids: tuple[str, ...],
    where: Where,
    timeout: float | None,
    output: targets.Target,
    as_json: bool,
) -> None:
    """Save the pictures of each TASK, waiting for those that have not ended.

    Nothing is paid: the tasks were created earlier, here or elsewhere.
    """
    shown = display(where.gateway)
    with (
        outcome.ending(shown, where, as_json=as_json, output=output.path) as made,
        where.client() as client,
        outcome.keeping(made, output),
    ):
        output.probe()
        result = made.result = client.job(*task_ids).wait(timeout=timeout, on_event=shown.tell)
        output.refuse(len(result.images))
        made.paths = output.save(result)
    outcome.saved(result, made.paths, as_json=as_json)
