"""`imagen4 sandbox`: a gateway on your desk, until Ctrl-C."""

from typing import Any

import click

from .settings import PROFILE_NAMES, SandboxSettings

DEFAULTS = SandboxSettings()


def _print_faults(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from .faults.spec import fault_lines

        click.echo("\n".join(fault_lines()))
        context.exit()


@click.command(name="sandbox", context_settings={"show_default": True})
@click.option(
    "--host",
    default="127.0.0.1",
    help="Listen on this address; 0.0.0.0 or :: for all of this machine.",
)
@click.option("--port", default=8080, help="Listen on this port; 0 takes a free one.")
@click.option(
    "--profile",
    type=click.Choice(PROFILE_NAMES),
    default=DEFAULTS.profile,
    help="Answer as the wire was seen to, or as the documents promise.",
)
@click.option(
    "--speed",
    default=DEFAULTS.speed,
    help="Let this many sandbox seconds pass in a second; 0 stands still.",
)
@click.option("--credits", default=DEFAULTS.credits, help="Give each account this balance.")
@click.option("--limits/--no-limits", default=DEFAULTS.limits, help="Refuse what comes too fast.")
@click.option(
    "--seed",
    default=DEFAULTS.seed,
    help="Seed the random choice of requests that a fault with `share` strikes.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="NAME[:KEY=VALUE,…]",
    help="Arm a fault: no-answer:gateway=kie,times=2 or code-429:share=0.3 or fail:word=storm. "
    "This may be given several times.",
)
@click.option(
    "--list-faults",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_faults,
    help="Name every fault with what can be set about it, and exit.",
)
@click.option(
    "--webhook-key",
    default=DEFAULTS.webhook_key,
    metavar="KEY",
    help="Sign callbacks with this key, where the gateway signs; an empty one signs nothing.",
)
@click.option(
    "--callback-host",
    "callback_hosts",
    multiple=True,
    metavar="HOST",
    help="Send callbacks to this host too; without it, only to loopback.",
)
@click.option(
    "--page-host",
    "page_hosts",
    multiple=True,
    metavar="NAME",
    help="Open the page under this host name too.",
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print addresses and keys as one line of JSON, all else to standard error.",
)
def command(host: str, port: int, faults: tuple[str, ...], **settings: Any) -> None:
    """Stand in for both gateways on this machine: no account, no network, no credits.

    The front page shows tasks, pictures, requests and callbacks as they come. The admin
    endpoint takes the same faults: POST /sandbox/faults {"name": "reset", "times": 2},
    POST /sandbox/clock {"seconds": 10}, POST /sandbox/reset {}, each as application/json.
    """
    from .serve import serve

    serve(host, port, faults, **settings)
