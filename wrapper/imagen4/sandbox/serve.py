"""Running the sandbox in the foreground."""

from typing import Any

import click

from .gateways import GATEWAYS
from .server import Sandbox, bind, server_for
from .settings import SettingError


def serve(host: str, port: int, **settings: Any) -> None:
    """Serve until Ctrl-C, which ends it in good order."""
    try:
        sandbox = Sandbox(host=host, port=port, **settings)
        listener = bind(host, port)
    except SettingError as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror}") from None
    with listener:
        sandbox.port = listener.getsockname()[1]
        _introduce(sandbox)
        try:
            server_for(sandbox.world).run([listener])
        except KeyboardInterrupt:
            click.echo("stopped")


def _introduce(sandbox: Sandbox) -> None:
    click.echo(f"page     {sandbox.url()}")
    for name in GATEWAYS:
        click.echo(f"{name:8} {sandbox.url(name)}  key {sandbox.key(name)}")
    click.echo("Ctrl-C stops it.")
