"""Which gateway a command asks, and where: the options that say so, and the client they make."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any

import click
from click.shell_completion import CompletionItem

from .. import Client, Gateway
from ..configuration import address_of, plain_http_allowed
from ..core.origins import checked_base_url
from ..errors import InvalidRequest
from ..facts import GATEWAYS
from .options import OfVariable


@dataclass(frozen=True)
class Where:
    """What the command line says of it."""

    gateways: tuple[Gateway, ...]
    """The preferred one first."""
    base_url: str | None = None
    allow_http: bool = False

    @property
    def gateway(self) -> Gateway:
        return self.gateways[0]

    def client(self, **more: Any) -> Client:
        """Raises InvalidRequest for a key or an address that is none."""
        return Client(self.gateways, base_url=self.base_url, allow_http=self.allow_http, **more)

    def places(self) -> dict[str, str]:
        """Where each of the gateways is. Raises InvalidRequest."""
        facts = map(GATEWAYS.__getitem__, self.gateways)
        return {
            each.name: address_of(each, self.base_url, allow_http=self.allow_http) for each in facts
        }

    def as_options(self) -> list[str]:
        """The address, for the command that takes tasks up again."""
        address = ["--base-url", self.base_url] if self.base_url else []
        return address + ["--allow-http"] * self.allow_http


_gateway = click.option(
    "--gateway",
    "-g",
    "gateways",
    cls=OfVariable,
    type=click.Choice(list(GATEWAYS)),
    callback=lambda _context, _option, name: (name,),
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


_gateways = partial(
    click.option,
    "--gateway",
    "-g",
    "gateways",
    cls=OfVariable,
    type=GatewayOrder(),
    metavar="NAME[,NAME]",
    required=True,
    envvar="IMAGEN4_GATEWAY",
    show_envvar=True,
)
_to_pay = _gateways(
    help="Pay this gateway; the next one only for what certainly was not created there."
)
_to_ask = _gateways(help="Ask this gateway, or all of these, each for its own tasks.")


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


def gateways(command: Callable[..., None]) -> Callable[..., None]:
    """Pass `where` to a command that may turn to another gateway."""
    return _to_pay(_base_url(_allow_http(_told_where(command))))


def all_gateways(command: Callable[..., None]) -> Callable[..., None]:
    """Pass `where` to a command that may ask several, and pays none."""
    return _to_ask(_base_url(_allow_http(_told_where(command))))


def gateway(command: Callable[..., None]) -> Callable[..., None]:
    """Pass `where` to a command that asks one gateway."""
    return _gateway(_base_url(_allow_http(_told_where(command))))


def _told_where(command: Callable[..., None]) -> Callable[..., None]:
    @wraps(command)
    def told(
        gateways: tuple[Gateway, ...], base_url: str | None, allow_http: bool, **given: Any
    ) -> None:
        if base_url and len(gateways) > 1:
            raise click.UsageError(
                "--base-url is one gateway's: name another's in its own variable, such as "
                "KIE_BASE_URL."
            )
        command(where=Where(gateways, base_url, allow_http), **given)

    return told
