"""`imagen4 demo`: the whole path on this machine, with no network, account or key."""

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from imagen4 import AspectRatio, Client, Gateway
from imagen4.cli import options, outcome
from imagen4.cli.progress import display
from imagen4.sandbox import Sandbox

GATEWAYS: tuple[Gateway, ...] = ("kie", "apikley")
# A sandbox task takes eight seconds on the sandbox's clock: two here.
SPEED = 4.0


@click.command()
@click.argument("prompt", default="a red fox in the snow")
@options.option("--num-images", "-n", type=int, default=4, help="How many pictures, 1 to 4.")
@options.option("--aspect-ratio", "-a", default="16:9", metavar="W:H", help="Such as 16:9.")
@options.output
@options.as_json
def command(
    prompt: str, num_images: int, aspect_ratio: AspectRatio, output: Path, as_json: bool
) -> None:
    """Make pictures of PROMPT through both gateways' clients, against a sandbox.

    A sandbox is started on this machine for it, and stopped at the end.
    """
    with Sandbox(speed=SPEED) as sandbox:
        made = []
        for gateway in GATEWAYS:
            url, key = sandbox.url(gateway), sandbox.key(gateway)
            with (
                display(gateway) as shown,
                outcome.ending(shown, gateway=gateway, base_url=url, as_json=as_json),
                Client(gateway, base_url=url, api_key=key) as client,
            ):
                result = client.generate(
                    prompt,
                    num_images=num_images,
                    aspect_ratio=aspect_ratio,
                    on_update=shown.update,
                )
                paths = result.save(output / gateway)
            made.append(outcome.result_as_json(gateway, result, paths))
    if as_json:
        click.echo(json.dumps(made, indent=2))
    else:
        Console().print(_table(made, output))


def _table(made: list[dict[str, Any]], output: Path) -> Table:
    table = Table("gateway", "tasks", "pictures", "saved in")
    for result in made:
        tasks, pictures = len(result["task_ids"]), len(result["images"])
        table.add_row(result["gateway"], str(tasks), str(pictures), str(output / result["gateway"]))
    return table
