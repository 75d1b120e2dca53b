"""`imagen4 demo`: the whole path on this machine, with no network, account or key."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from .. import AspectRatio, Client, Gateway
from ..errors import Imagen4Error
from . import exits, options, outcome, targets
from .fields import complete_aspect_ratio
from .progress import display

if TYPE_CHECKING:
    from ..sandbox import Sandbox

# A sandbox task takes eight seconds on the sandbox's clock: two here.
SPEED = 4.0


@click.command()
@click.argument("prompt", default="a red fox in the snow")
@options.option(
    "--num-images",
    "-n",
    type=int,
    default=4,
    help="Make this many pictures with each gateway, 1 to 4.",
)
@options.option(
    "--aspect-ratio",
    "-a",
    default="16:9",
    metavar="W:H",
    help="Make pictures of this shape, such as 16:9.",
    shell_complete=complete_aspect_ratio,
)
@targets.folder
@options.as_json
def command(
    prompt: str, num_images: int, aspect_ratio: AspectRatio, output: Path, as_json: bool
) -> None:
    """Make pictures of PROMPT through both gateways' clients, against a sandbox.

    A sandbox is started on this machine for it, and stopped at the end.
    """
    from ..sandbox import Sandbox

    targets.probe(output)
    made: list[dict[str, Any]] = []
    failed: list[Imagen4Error] = []
    asked = {"prompt": prompt, "num_images": num_images, "aspect_ratio": aspect_ratio}
    try:
        with Sandbox(speed=SPEED) as sandbox:
            for gateway in get_args(Gateway):
                try:
                    made.append(_pictures(sandbox, gateway, output / gateway, **asked))
                except Imagen4Error as error:
                    made.append({"gateway": gateway, "error": exits.as_json(error)})
                    failed.append(error)
    finally:  # whatever stops the second gateway, the first one's pictures are there
        if as_json:
            click.echo(json.dumps(made, indent=2))
        else:
            outcome.say(*(Path(image["path"]) for each in made for image in each.get("images", ())))
    codes = [exits.report(*exits.explain(error)) for error in failed]
    if codes:
        raise click.exceptions.Exit(codes[-1])


def _pictures(sandbox: "Sandbox", gateway: Gateway, output: Path, **asked: Any) -> dict[str, Any]:
    """Make and save pictures through one gateway's client."""
    url, key = sandbox.url(gateway), sandbox.key(gateway)
    with display(gateway) as shown, Client(gateway, base_url=url, api_key=key) as client:
        result = client.generate(**asked, on_event=shown.tell)
        return outcome.result_as_json(result, result.save(output))
