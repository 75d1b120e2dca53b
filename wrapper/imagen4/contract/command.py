"""`imagen4 contract GATEWAY`: check that a server keeps to a gateway's document."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..facts import GATEWAYS
from ..facts.gateways import DEFAULT_MODEL
from .choices import KEY_VARIABLES, PHASES, PROFILES
from .server import CouldNotRunError, ServerUnderTest, find_server, model_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .reports import Report
    from .run import RunOptions

SUMMARY = "GITHUB_STEP_SUMMARY"
"""Names the file of a step's summary, which is Markdown; what is written there is added."""


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
@click.option("--junit", type=click.Path(path_type=Path), help="Write a JUnit report.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write it as JSON.")
@click.option("--markdown", type=click.Path(path_type=Path), help="Write it as Markdown.")
@click.option("--sarif", type=click.Path(path_type=Path), help="Write it as SARIF 2.1.0.")
@click.option("--har", type=click.Path(path_type=Path), help="Write what was exchanged as HAR 1.2.")
@click.option("--github", is_flag=True, help="Annotate, and add to the summary of the step.")
@click.pass_context
def command(  # one argument for each option
    context: click.Context,
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
    junit: Path | None,
    json_file: Path | None,
    markdown: Path | None,
    sarif: Path | None,
    har: Path | None,
    github: bool,
) -> None:
    """Check that a server keeps to a gateway's document.

    The last line says what came of it. Exit code: 0 conforms, 1 violated, 2 could not run,
    which includes a server that no longer has the model.
    A server on loopback is taken to cost nothing: never a tunnel to a gateway that does.
    """
    files = {"junit": junit, "json": json_file, "markdown": markdown, "sarif": sarif, "har": har}
    summary = [Path(os.environ[SUMMARY])] if github and SUMMARY in os.environ else []
    # First of all: that it is not installed is said before anybody agrees to pay.
    from .run import RunOptions

    try:
        _writable([*filter(None, files.values()), *summary])
        where = find_server(gateway, base_url, api_key, dict(os.environ), model)
        _agree(where, max_paid, yes)
        options = RunOptions(where, profile, seed, phase, max_paid, foreign_key, strict)
        report = _run(options, files)
        if github:
            _tell_github(report, summary)
        code = report.exit_code
    except (CouldNotRunError, OSError) as error:
        click.echo(f"could not run: {error}")
        code = 2
    context.exit(code)


def _writable(paths: Iterable[Path]) -> None:
    """A report that cannot be written is told before anything is sent, and perhaps paid for."""
    for path in paths:
        if not os.access(path.parent, os.W_OK) or path.is_dir():
            raise CouldNotRunError(f"{path} cannot be written")


def _run(options: RunOptions, files: dict[str, Path | None]) -> Report:
    """Hold the conversation, write the reports, print the text."""
    from .reports import RENDERERS, make_report, render_text
    from .run import run_contract

    made = make_report(run_contract(options))
    for name, path in files.items():
        if path is not None:
            write_whole(path, RENDERERS[name](made))
    click.echo(render_text(made))
    return made


def _tell_github(report: Report, summary: list[Path]) -> None:
    """Annotations go to the output, where the runner reads them; the summary has a file."""
    from .reports import RENDERERS, render_annotations

    click.echo(render_annotations(report), nl=False)
    for path in summary:
        with path.open("a", encoding="utf-8") as file:
            file.write(RENDERERS["markdown"](report))


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


def write_whole(path: Path, content: str) -> None:
    """Write a whole file or none; OSError when it cannot be written."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
