"""`imagen4 credits`: what is left."""

import json

import click

from .. import Client, Gateway
from . import options, outcome
from .progress import PlainLines


@click.command()
@options.gateway
@options.as_json
def command(gateway: Gateway, base_url: str | None, allow_http: bool, as_json: bool) -> None:
    """Print the account's remaining credits."""
    with (
        outcome.ending(
            PlainLines(gateway),
            base_url=base_url,
            allow_http=allow_http,
            as_json=as_json,
        ),
        Client(gateway, base_url=base_url, allow_http=allow_http) as client,
    ):
        left = client.credits()
    click.echo(
        json.dumps({"gateway": gateway, "credits": left})
        if as_json
        else f"{left:.2f}".removesuffix(".00")
    )
