"""The option that names a ledger."""

from pathlib import Path

import click

ledger = click.option(
    "--ledger",
    "book",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The ledger, such as out/ledger.db.",
)
