"""Running the sandbox in the foreground."""

import time
from contextlib import suppress
from typing import Any

import click

from .faults.spec import parsed
from .gateways import GATEWAYS
from .journal import RecordedRequest
from .server import Sandbox, bind, server_for
from .settings import SettingError


def serve(host: str, port: int, faults: tuple[str, ...], **settings: Any) -> None:
    """Serve until Ctrl-C, which ends it in good order."""
    sandbox = _sandbox(host, port, faults, settings)
    try:
        listener = bind(host, port)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise click.ClickException(f"cannot listen on {host}:{port}: {reason}") from None
    with listener:
        sandbox.port = listener.getsockname()[1]
        _introduce(sandbox)
        sandbox.world.journal.listener = _say
        # uvicorn raises the signal again once it has shut down; now and then nothing comes of that.
        with suppress(KeyboardInterrupt):
            server_for(sandbox.world).run([listener])
        click.echo("stopped")


def _sandbox(host: str, port: int, faults: tuple[str, ...], settings: dict[str, Any]) -> Sandbox:
    try:
        sandbox = Sandbox(host=host, port=port, **settings)
        for text in faults:
            name, options = parsed(text)
            sandbox.fault(name, **options)
    except SettingError as error:
        raise click.UsageError(str(error)) from None
    return sandbox


def _introduce(sandbox: Sandbox) -> None:
    click.echo(f"page     {sandbox.url()}")
    for name in GATEWAYS:
        click.echo(f"{name:8} {sandbox.url(name)}  key {sandbox.key(name)}")
    click.echo("Ctrl-C stops it.")


def _say(entry: RecordedRequest) -> None:
    """One line a request. What a caller wrote into the URL is not repeated: it may hold a key."""
    code = entry.answer.get("code") if isinstance(entry.answer, dict) else None
    verdict = "no answer" if entry.status is None else f"HTTP {entry.status}"
    told = [verdict, "" if code is None else f"code {code}", entry.fault and f"({entry.fault})"]
    name = f"{entry.gateway} {entry.operation}".strip() or "unknown path"
    click.echo(" ".join([time.strftime("%H:%M:%S"), f"{name:20}", *filter(None, told)]))
