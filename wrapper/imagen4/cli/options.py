"""Options that several commands share."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import click


class OfVariable(click.Option):
    """May be set in the environment; space around it, as files leave it, is no part of that."""

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        return (super().resolve_envvar_value(ctx) or "").strip() or None


Command = TypeVar("Command", bound=Callable[..., Any])

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
timeout = click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    show_default="900",
    help="Wait at most this long for the pictures; the tasks go on after that.",
)
callback_url = click.option(
    "--callback-url",
    metavar="URL",
    help="Have the gateway report the end of each task to this address, too.",
)
task_ids = click.argument("task_ids", nargs=-1, required=True, metavar="TASK...")
option = partial(click.option, show_default=True)
