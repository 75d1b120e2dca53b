"""Options that several commands share."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from ..configuration import plain_http_allowed
from ..core.origins import checked_base_url
from ..errors import InvalidRequest
from ..facts import GATEWAYS

F = TypeVar("F", bound=Callable[..., Any])


_gateway = click.option(
    "--gateway",
    "-g",
    type=click.Choice(list(GATEWAYS)),
    required=True,
    envvar="IMAGEN4_GATEWAY",
    show_envvar=True,
    help="Ask this gateway, whose account pays for what is made.",
)


class GatewayOrder(click.ParamType[tuple[str, ...]]):
    """One gateway, or several with commas between them, the preferred one first."""

    name = "gateways"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        names = tuple(name.strip() for name in value.split(","))
        for name in names:
            if name not in GATEWAYS:
                self.fail(f"{name!r} is not one of {', '.join(GATEWAYS)}.", param, ctx)
        if len(set(names)) < len(names):
            self.fail("Each gateway may be named once.", param, ctx)
        return names

    def shell_complete(
        self, _ctx: click.Context, _param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        before, comma, last = incomplete.rpartition(",")
        taken = before.split(",")
        left = [name for name in GATEWAYS if name not in taken and name.startswith(last)]
        return [CompletionItem(f"{before}{comma}{name}") for name in left]


_gateways = click.option(
    "--gateway",
    "-g",
    "gateways",
    type=GatewayOrder(),
    metavar="NAME[,NAME]",
    required=True,
    envvar="IMAGEN4_GATEWAY",
    show_envvar=True,
    help="Pay this gateway; the next one only for what certainly was not created there.",
)


def _address(context: click.Context, _option: click.Parameter, url: str | None) -> str | None:
    """The URL, if the client takes it. Its own words name what only Python can set."""
    try:
        return url and checked_base_url(url, allow_http=context.params["allow_http"])
    except InvalidRequest:
        raise click.BadParameter(
            "Must be like https://host[:port][/path], nothing more. Plain http is for this machine "
            "only, such as http://localhost:8080; it would show the key to a network, which "
            "--allow-http allows."
        ) from None


_base_url = click.option(
    "--base-url",
    metavar="URL",
    callback=_address,
    help="Use another address for the gateway, such as a sandbox's.",
)
_allow_http = click.option(
    "--allow-http",
    is_flag=True,
    is_eager=True,  # the address is judged by it
    callback=lambda _context, _option, given: given or plain_http_allowed(),
    help="Allow plain http beyond this machine, where it shows the key to the network.",
)
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


def check_place(gateways: Sequence[str], base_url: str | None) -> None:
    """Raises UsageError for one address of several gateways."""
    if base_url and len(gateways) > 1:
        raise click.UsageError(
            "--base-url is one gateway's: name another's in its own variable, such as KIE_BASE_URL."
        )


def gateways(command: F) -> F:
    """The same for a command that may turn to another gateway."""
    return _gateways(_base_url(_allow_http(command)))


def gateway(command: F) -> F:
    """Add what says which gateway is meant, and where it is."""
    return _gateway(_base_url(_allow_http(command)))


option = partial(click.option, show_default=True)
