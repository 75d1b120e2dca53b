"""`imagen4 fetch`: take tasks up again and save their pictures."""

import click

from .. import Client, Gateway
from . import options, outcome, targets
from .progress import display


@click.command()
@options.task_ids
@options.gateway
@options.timeout
@targets.output
@options.as_json
def command(
    task_ids: tuple[str, ...],
    gateway: Gateway,
    base_url: str | None,
    allow_http: bool,
    timeout: float | None,
    output: targets.Target,
    as_json: bool,
) -> None:
    """Save the pictures of each TASK, waiting for those that have not ended.

    Nothing is paid: the tasks were created earlier, here or elsewhere.
    """
    shown = display(gateway)
    with (
        outcome.ending(
            shown,
            base_url=base_url,
            allow_http=allow_http,
            as_json=as_json,
            output=output.path,
        ) as made,
        Client(gateway, base_url=base_url, allow_http=allow_http) as client,
        outcome.keeping(made, output),
    ):
        result = made.result = client.job(*task_ids).wait(timeout=timeout, on_event=shown.tell)
        output.refuse(len(result.images))
        made.paths = output.save(result)
    outcome.saved(result, made.paths, as_json=as_json)
