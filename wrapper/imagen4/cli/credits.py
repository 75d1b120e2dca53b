"""`imagen4 credits`: what is left."""

import json

import click

from . import asking, options, outcome
from .asking import Where
from .progress import PlainLines


@click.command()
@asking.gateway
@options.as_json
def command(where: Where, as_json: bool) -> None:
    """Print the account's remaining credits."""
    shown = PlainLines(where.gateway)
    with outcome.ending(shown, where, as_json=as_json), where.client() as client:
        left = client.credits()
    click.echo(
        json.dumps({"gateway": where.gateway, "credits": left})
        if as_json
        else f"{left:.2f}".removesuffix(".00")
    )
