"""`imagen4 contract GATEWAY`: check that a server keeps to a gateway's document."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..facts import GATEWAYS
from ..facts.gateways import DEFAULT_MODEL
from .asked import Asked
from .choices import KEY_RULE, PHASES, PROFILES, URL_VARIABLES
from .history import read_history
from .outputs import FORMS, Outputs, form_options
from .progress import told
from .server import CouldNotRunError, ServerUnderTest, model_names

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
@click.argument("gateway", metavar="GATEWAY", type=click.Choice(list(GATEWAYS)))
@click.option(
    "--base-url",
    help=f"Check the server at this address, which may have a path; else from {URL_VARIABLES}.",
)
@click.option("--allow-http", is_flag=True, help="Allow plain http beyond this machine.")
@click.option(
    "--model",
    default=DEFAULT_MODEL,
    show_default=True,
    shell_complete=_complete_model,
    help="Ask for this model; what may be asked of it is read off its page.",
)
@click.option(
    "--api-key",
    help=f"Use this key; {KEY_RULE}.",
)
@click.option("--foreign-key", help="Try a key of another known gateway, which has to be refused.")
@click.option(
    "--profile",
    type=click.Choice(PROFILES),
    default="auto",
    show_default=True,
    help="Expect HTTP 200 with the verdict in `code` (observed), or real statuses (documented).",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed what is generated.")
@click.option(
    "--phase",
    type=click.Choice(PHASES),
    default="quick",
    show_default=True,
    help="Send examples and boundaries (quick), or fuzz and follow links, too (full).",
)
@click.option(
    "--max-paid",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    help="Send at most so many requests that may be paid for, anywhere but on loopback.",
)
@click.option("--strict", is_flag=True, help="Exit with 2 if a check had nothing to look at.")
@click.option("--dry-run", is_flag=True, help="Say what it may cost, and send nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before sending what may be paid for.")
@click.option(
    "-q", "--quiet", is_flag=True, help="Say neither how long it takes nor how far it is."
)
@form_options
@click.option(
    "--canary",
    is_flag=True,
    help="Pay for one picture only, and see whether it is still the same model.",
)
@click.option(
    "--history",
    type=click.Path(path_type=Path),
    help="Add a JSON line to what canaries have seen, and tell what has moved since.",
)
@click.option("--github", is_flag=True, help="Annotate, and add to the summary of the step.")
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    help="Accept the findings in this TOML file, each for a reason and until a day.",
)
@click.option("--update-baseline", is_flag=True, help="Accept what this run finds, for 30 days.")
@click.pass_context
def command(context: click.Context, /, **given: Any) -> None:
    """Check that a server keeps to the document of GATEWAY: kie or apikley.

    The last line says what came of it. Exit code: 0 conforms, 1 violated, 2 could not run,
    which includes a server that no longer has the model, or with --strict not all was seen.
    A server on loopback is taken to cost nothing: never a tunnel to a gateway that does.
    """
    files = {form: path for form in FORMS if (path := given.pop(form)) is not None}
    asked = Asked(**given, files=files)
    outputs = asked.outputs
    _leave_no_folder_here()
    # First of all: that it is not installed is said before anybody agrees to pay.
    from .run import NoVerdictError

    try:
        outputs.must_be_writable()
        code = _check(asked, asked.options(os.environ), outputs)
    except (CouldNotRunError, OSError) as error:
        seen = error.outcome if isinstance(error, NoVerdictError) else None
        outputs.tell_refusal(str(error), seen)
        code = 2
    context.exit(code)


def _leave_no_folder_here() -> None:
    """hypothesis keeps a table of characters in `.hypothesis`; not where somebody works, or CI."""
    from platformdirs import user_cache_path

    if "hypothesis" not in sys.modules:  # else it is another's, who has chosen where
        place = user_cache_path("imagen4", appauthor=False) / "hypothesis"
        os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(place))


def _check(asked: Asked, options: RunOptions, outputs: Outputs) -> int:
    """Send what was asked for, once it is agreed to, and tell what came of it; the exit code."""
    from .run import NoVerdictError, run_contract

    where, accepted = options.server, outputs.accepted_by(options)
    max_paid = 1 if asked.canary else options.max_paid
    if asked.dry_run:
        click.echo(_cost(where, max_paid))
        return 0
    _agree(where, max_paid, asked.yes)
    if asked.canary:
        past = read_history(asked.history, where.gateway, where.model) if asked.history else []
        return _send_canary(options, outputs, accepted, past)
    silent = asked.quiet or "json" in asked.files
    with nullcontext() if silent else told(options, sys.stderr) as watch:
        try:
            outcome = run_contract(options, watch=watch)
        except NoVerdictError as stopped:
            if not stopped.outcome.interrupted:
                raise
            outcome = stopped.outcome
    return outputs.tell(outcome, accepted).exit_code


def _send_canary(
    options: RunOptions, outputs: Outputs, accepted: Baseline | None, past: list[Sighting]
) -> int:
    """Pay for one picture and tell what was seen of it; the exit code."""
    from .canary import send_canary
    from .reports.canary import canary_alarms, render_canary

    outcome, now = send_canary(options)
    alarms = canary_alarms(now, past, options.server.facts)
    made = outputs.tell(outcome, accepted, lambda made: render_canary(made, now, past, alarms))
    outputs.remember(now)
    return made.exit_code or int(bool(alarms))


def _cost(where: ServerUnderTest, max_paid: int) -> str:
    """What a run may cost, in words."""
    if where.loopback:
        return "Nothing is paid for: the server is on this machine."
    if max_paid == 0:
        return "Nothing is paid for."
    return f"Up to {max_paid} request(s) may be paid for, each {where.price}."


def _agree(where: ServerUnderTest, max_paid: int, yes: bool) -> None:
    """Say what a run may cost, and have it confirmed; CouldNotRunError if it is not."""
    if where.loopback or max_paid == 0:
        return
    click.echo(_cost(where, max_paid))
    if yes:
        return
    if not sys.stdin.isatty():
        raise CouldNotRunError("budget: nobody to ask; give --yes or --max-paid 0")
    if not click.confirm("Send them?"):
        raise CouldNotRunError("budget: not agreed to")
