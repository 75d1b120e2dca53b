"""`imagen4 contract GATEWAY`: check that a server keeps to a gateway's document."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..facts import GATEWAYS
from ..facts.gateways import DEFAULT_MODEL
from .choices import KEY_VARIABLES, PHASES, PROFILES
from .history import read_history
from .outputs import Outputs, form_options
from .progress import told
from .server import CouldNotRunError, ServerUnderTest, find_server, model_names

if TYPE_CHECKING:
    from .baseline import Baseline
    from .history import Sighting
    from .run import RunOptions


def _complete_model(context: click.Context, _option: click.Parameter, begun: str) -> list[str]:
    """What the shell offers: the models of the gateway, where that is named already."""
    given = context.params.get("gateway")
    names = [name for each in ([given] if given else GATEWAYS) for name in model_names(each)]
    return [name for name in dict.fromkeys(names) if name.startswith(begun)]


@click.command(name="contract")
@click.argument("gateway", type=click.Choice(list(GATEWAYS)))
@click.option("--base-url", required=True, help="The server to check; may have a path.")
@click.option(
    "--model",
    default=DEFAULT_MODEL,
    show_default=True,
    shell_complete=_complete_model,
    help="Which of its models to ask for; what may be asked of it is read off its page.",
)
@click.option(
    "--api-key",
    help=f"Key for that server; else from {KEY_VARIABLES}, or on loopback the sandbox's.",
)
@click.option("--foreign-key", help="A key of any other known gateway, which has to be refused.")
@click.option(
    "--profile",
    type=click.Choice(PROFILES),
    default="auto",
    show_default=True,
    help="observed: HTTP 200 with the verdict in `code`; documented: real statuses.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of what is generated.")
@click.option(
    "--phase",
    type=click.Choice(PHASES),
    default="quick",
    show_default=True,
    help="quick: examples and boundaries; full: also fuzzing, links and liveness.",
)
@click.option(
    "--max-paid",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    help="Requests that may be paid for, anywhere but on loopback.",
)
@click.option("--strict", is_flag=True, help="Exit with 2 if a check had nothing to look at.")
@click.option("--yes", is_flag=True, help="Do not ask before sending what may be paid for.")
@click.option(
    "-q", "--quiet", is_flag=True, help="Say neither how long it takes nor how far it is."
)
@form_options
@click.option(
    "--canary", is_flag=True, help="Only one picture, paid for: is it still the same model?"
)
@click.option(
    "--history",
    type=click.Path(path_type=Path),
    help="What canaries have seen, a JSON line a run; what has moved since is told.",
)
@click.option("--github", is_flag=True, help="Annotate, and add to the summary of the step.")
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    help="Findings that are accepted, in TOML: each for a reason and until a day.",
)
@click.option("--update-baseline", is_flag=True, help="Accept what this run finds, for 30 days.")
@click.pass_context
def command(  # one argument for each option
    context: click.Context,
    /,
    gateway: str,
    base_url: str,
    model: str,
    api_key: str | None,
    foreign_key: str | None,
    profile: str,
    seed: int,
    phase: str,
    max_paid: int,
    strict: bool,
    yes: bool,
    quiet: bool,
    canary: bool,
    history: Path | None,
    github: bool,
    baseline: Path | None,
    update_baseline: bool,
    **files: Path | None,
) -> None:
    """Check that a server keeps to a gateway's document.

    The last line says what came of it. Exit code: 0 conforms, 1 violated, 2 could not run,
    which includes a server that no longer has the model, or with --strict not all was seen.
    A server on loopback is taken to cost nothing: never a tunnel to a gateway that does.
    """
    if update_baseline and baseline is None:
        raise click.UsageError("--update-baseline needs --baseline FILE")
    if history is not None and not canary:
        raise click.UsageError("--history is what --canary writes")
    given = {name: path for name, path in files.items() if path is not None}
    outputs = Outputs(given, github, baseline, update_baseline, history)
    # First of all: that it is not installed is said before anybody agrees to pay.
    from .run import RunOptions, run_contract

    try:
        outputs.must_be_writable()
        where = find_server(gateway, base_url, api_key, dict(os.environ), model)
        options = RunOptions(where, profile, seed, phase, max_paid, foreign_key, strict)
        accepted = outputs.accepted_by(options)
        if canary:
            past = read_history(history, gateway, model) if history else []
            _agree(where, 1, yes)
            code = _send_canary(options, outputs, accepted, past)
        else:
            _agree(where, max_paid, yes)
            silent = quiet or "json" in given
            with nullcontext() if silent else told(options, sys.stderr) as watch:
                outcome = run_contract(options, watch=watch)
            code = outputs.tell(outcome, accepted).exit_code
    except (CouldNotRunError, OSError) as error:
        outputs.tell_refusal(str(error))
        code = 2
    context.exit(code)


def _send_canary(
    options: RunOptions, outputs: Outputs, accepted: Baseline | None, past: list[Sighting]
) -> int:
    """Pay for one picture and tell what was seen of it; the exit code."""
    from .canary import send_canary
    from .reports.canary import canary_alarms, render_canary

    outcome, now = send_canary(options)
    alarms = canary_alarms(now, past, options.server.facts)
    outputs.remember(now)
    made = outputs.tell(outcome, accepted, lambda made: render_canary(made, now, past, alarms))
    return made.exit_code or int(bool(alarms))


def _agree(where: ServerUnderTest, max_paid: int, yes: bool) -> None:
    """Say what a run may cost, and have it confirmed; CouldNotRunError if it is not."""
    if where.loopback or max_paid == 0:
        return
    click.echo(f"Up to {max_paid} request(s) may be paid for, each {where.price}.")
    if yes:
        return
    if not sys.stdin.isatty():
        raise CouldNotRunError("budget: nobody to ask; give --yes or --max-paid 0")
    if not click.confirm("Send them?"):
        raise CouldNotRunError("budget: not agreed to")
