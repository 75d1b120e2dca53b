"""`imagen4 wait`: until tasks have ended."""

import json

import click

from . import asking, options, outcome
from .asking import Where
from .progress import display


@click.command()
@options.task_ids
@asking.gateway
@options.timeout
@options.as_json
def command(task_ids: tuple[str, ...], where: Where, timeout: float | None, as_json: bool) -> None:
    """Wait until each TASK has ended, and print the URLs of the pictures."""
    shown = display(where.gateway)
    with outcome.ending(shown, where, as_json=as_json), where.client() as client:
        result = client.job(*task_ids).wait(timeout=timeout, on_event=shown.tell)
    if as_json:
        click.echo(json.dumps(outcome.result_as_json(result), indent=2))
    else:
        outcome.say(*(image.url for image in result.images))
        outcome.tell_charged(where.gateway, result.tasks)
