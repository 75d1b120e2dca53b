"""`imagen4 sandbox`: a gateway on your desk, until Ctrl-C."""

import click


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
@click.option("--speed", default=1.0, show_default=True, help="Sandbox seconds per second.")
@click.option("--credits", "balance", default=100_000.0, show_default=True, help="Per account.")
@click.option(
    "--limits/--no-limits", default=True, show_default=True, help="Refuse what is too fast."
)
def command(host: str, port: int, profile: str, speed: float, balance: float, limits: bool) -> None:
    """Stand in for both gateways on this machine: no account, no network, no credits."""
    from .serve import serve

    serve(host, port, profile=profile, speed=speed, credits=balance, limits=limits)
