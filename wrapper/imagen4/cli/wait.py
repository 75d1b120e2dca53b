"""`imagen4 wait`: until tasks have ended."""

import json

import click

from .. import Client, Gateway
from . import options, outcome
from .progress import display


@click.command()
@options.task_ids
@options.gateway
@options.timeout
@options.as_json
def command(
    task_ids: tuple[str, ...],
    gateway: Gateway,
    base_url: str | None,
    allow_http: bool,
    timeout: float | None,
    as_json: bool,
) -> None:
    """Wait until each TASK has ended, and print the URLs of the pictures."""
    shown = display(gateway)
    with (
        outcome.ending(shown, base_url=base_url, allow_http=allow_http, as_json=as_json),
        Client(gateway, base_url=base_url, allow_http=allow_http) as client,
    ):
        result = client.job(*task_ids).wait(timeout=timeout, on_event=shown.tell)
    if as_json:
        click.echo(json.dumps(outcome.result_as_json(result), indent=2))
    else:
        outcome.say(*(image.url for image in result.images))
        outcome.tell_charged(gateway, result.tasks)
