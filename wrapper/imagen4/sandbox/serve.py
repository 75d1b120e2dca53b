"""Running the sandbox in the foreground."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from ..facts import GATEWAYS
from .faults.spec import parse_fault
from .server import Sandbox, server_for
from .settings import SettingError

if TYPE_CHECKING:
    from .journal import RecordedRequest


def serve(
    host: str, port: int, faults: tuple[str, ...], *, as_json: bool = False, **settings: Any
) -> None:
    """Serve until Ctrl-C, which ends it in good order."""
    say = _to_standard_error if as_json else click.echo
    sandbox = _configured_sandbox(host, port, faults, settings)
    try:
        listener = sandbox.listen()
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise click.ClickException(f"cannot listen on {host}:{port}: {reason}") from None
    with listener:
        click.echo(_addresses_as_json(sandbox) if as_json else _introduction(sandbox))
        sandbox.state.journal.listener = lambda entry: say(_log_line(entry))
        # uvicorn raises the signal again once it has shut down; now and then nothing comes of that.
        with suppress(KeyboardInterrupt):
            server_for(sandbox.state).run([listener])
        say("stopped")


def _configured_sandbox(
    host: str, port: int, faults: tuple[str, ...], settings: dict[str, Any]
) -> Sandbox:
    try:
        sandbox = Sandbox(host=host, port=port, **settings)
        for text in faults:
            name, options = parse_fault(text)
            sandbox.fault(name, **options)
    except SettingError as error:
        raise click.UsageError(str(error)) from None
    return sandbox


def _introduction(sandbox: Sandbox) -> str:
    lines = [f"{name:8} {sandbox.url(name)}  {_keys(sandbox, name)}" for name in GATEWAYS]
    network = [f"network  {url}  for other machines" for url in sandbox.network_urls]
    return "\n".join([f"page     {sandbox.url()}", *lines, *network, "Ctrl-C stops it."])


def _keys(sandbox: Sandbox, gateway: str) -> str:
    webhook_key = sandbox.webhook_key(gateway)
    signed = f"webhook key {webhook_key}" if webhook_key else "callbacks are not signed"
    return f"key {sandbox.key(gateway)}  {signed}"


def _addresses_as_json(sandbox: Sandbox) -> str:
    """On one line: whoever started us reads it while we go on."""
    gateways = {
        name: {
            "url": sandbox.url(name),
            "key": sandbox.key(name),
            "webhook_key": sandbox.webhook_key(name),
        }
        for name in GATEWAYS
    }
    told = {"page": sandbox.url(), "gateways": gateways, "network": sandbox.network_urls}
    return json.dumps(told)


def _to_standard_error(text: str) -> None:
    """To standard error. That nobody reads it must not keep the gateways from answering."""
    with suppress(OSError):
        click.echo(text, err=True)


def _log_line(entry: RecordedRequest) -> str:
    """One line a request. What a caller wrote into the URL is not repeated: it may hold a key."""
    code, verdict = entry.code, "no answer" if entry.status is None else f"HTTP {entry.status}"
    told = [verdict, "" if code is None else f"code {code}", entry.fault and f"({entry.fault})"]
    name = f"{entry.gateway} {entry.operation}".strip() or "unknown path"
    return " ".join([time.strftime("%H:%M:%S"), f"{name:20}", *filter(None, told)])
