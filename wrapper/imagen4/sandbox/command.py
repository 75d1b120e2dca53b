"""`imagen4 sandbox`: a gateway on your desk, until Ctrl-C."""

from typing import Any

import click


def _list_faults(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from .faults.spec import listed

        click.echo("\n".join(listed()))
        context.exit()


@click.command(name="sandbox")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, help="Port; 0 takes a free one.")
@click.option(
    "--profile",
    type=click.Choice(["observed", "documented"]),
    default="observed",
    show_default=True,
    help="Answer as the wire was seen to, or as the documents promise.",
)
@click.option(
    "--speed", default=1.0, show_default=True, help="Sandbox seconds per second; 0 stands still."
)
@click.option("--credits", default=100_000.0, show_default=True, help="Balance of each account.")
@click.option(
    "--limits/--no-limits", default=True, show_default=True, help="Refuse what comes too fast."
)
@click.option("--seed", default=0, show_default=True, help="Of the dice of faults with a share.")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="NAME[:KEY=VALUE,…]",
    help="Arm a fault: no-answer:gateway=kie,times=2 or code-429:share=0.3 or fail:word=storm. "
    "Can be given several times.",
)
@click.option(
    "--list-faults",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_faults,
    help="Name every fault with what can be set about it, and exit.",
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
