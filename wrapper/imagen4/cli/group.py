"""The command group: knows its commands by name, and imports one only to run it."""

import json
import logging
import os
import sys
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from .._version import __version__
from ..facts import GATEWAYS
from ..facts.gateways import ALLOW_HTTP_VARIABLE, BASE_URL_VARIABLE
from . import exits, log, signals

# Name → where its click command stands, and its line in `imagen4 --help`. Given here
# so that `--help` imports neither httpx nor the server's or the suite's libraries.
COMMANDS = {
    "generate": ("imagen4.cli.generate", "Make pictures and save them."),
    "batch": ("imagen4.cli.batch", "Make the pictures of many lines; run again, it continues."),
    "worker": ("imagen4.cli.worker", "Work through a queue of requests, with others."),
    "spend": ("imagen4.cli.spend", "Add up what a ledger's creates cost."),
    "resume": ("imagen4.cli.resume", "Finish what earlier commands left in the ledger."),
    "history": ("imagen4.cli.history", "List a ledger's creates, newest first."),
    "resolve": ("imagen4.cli.resolve", "Say what became of a create that has no answer."),
    "status": ("imagen4.cli.status", "Say where tasks stand."),
    "wait": ("imagen4.cli.wait", "Wait until tasks have ended."),
    "fetch": ("imagen4.cli.fetch", "Save the pictures of tasks created earlier."),
    "models": ("imagen4.cli.models", "List the models, their fields and prices."),
    "credits": ("imagen4.cli.credits", "Print the account's remaining credits."),
    "demo": ("imagen4.cli.demo", "Make pictures offline, through both gateways' clients."),
    "sandbox": ("imagen4.sandbox.command", "Run a stand-in for both gateways on this machine."),
    "contract": ("imagen4.contract.command", "Check that a server keeps to a gateway's document."),
    "completion": ("imagen4.cli.completion", "Print the shell code for tab completion."),
}

EXTRAS = {
    "sandbox": "sandbox",
    "demo": "sandbox",
    "contract": "contract",
    "worker": "workers",
}
# Those that a command needs only for an option.
OF_MODULES = {"dbos": "workers", "opentelemetry": "otel"}

ENVIRONMENT = (
    *((each.key_variable, f"The key for --gateway {each.name}.") for each in GATEWAYS.values()),
    *((each.base_url_variable, f"Another address for {each.name}.") for each in GATEWAYS.values()),
    (BASE_URL_VARIABLE, "Another address for a gateway that has none of its own."),
    (ALLOW_HTTP_VARIABLE, "true allows plain http beyond this machine."),
    ("IMAGEN4_GATEWAY", "The gateway, where --gateway is not given."),
    ("IMAGEN4_LEDGER", "The ledger, where --ledger is not given; a batch keeps its own."),
    ("IMAGEN4_LOG", "debug, info, warning or error: how much to log to standard error."),
)

# From click 8.2 on an error whose message is the help; before, click printed the help itself.
ASKS_FOR_HELP: Any = getattr(click.exceptions, "NoArgsIsHelpError", ())


class LazyGroup(click.Group):
    """A group whose commands are imported when they are run."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        try:
            module = import_module(COMMANDS[cmd_name][0])
        except ModuleNotFoundError as error:
            raise _without_extra(cmd_name, error) from None
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """What is mistyped is told with what may have been meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            close = get_close_matches(args[0], COMMANDS)
            hint = f"; did you mean {' or '.join(close)}?" if close else ""
            ctx.fail(f"No such command: {args[0]}{hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Commands import an extra's libraries when they run: `--help` works without them."""
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            raise _without_extra(ctx.invoked_subcommand or "imagen4", error) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code.value), code.meaning) for code in exits.Exit])
        with formatter.section("Environment"):
            formatter.write_dl(ENVIRONMENT)


def _without_extra(name: str, error: ModuleNotFoundError) -> click.UsageError:
    """What to install, in one line; where it was missed goes to the debug log."""
    logging.getLogger("imagen4").debug("failed", exc_info=error)
    missing = (error.name or "").partition(".")[0]
    extra = OF_MODULES.get(missing) or EXTRAS.get(name, "cli")
    return click.UsageError(f"`{name}` needs {error.name}; run: pip install 'imagen4[{extra}]'")


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def group() -> None:
    """Google's Imagen 4 through the kie and apikley gateways: pay once, lose nothing."""


def run() -> int:
    """Run what the command line says; any failure is one line on standard error.

    Returns the exit code, one of `exits.Exit`.
    """
    signals.end_like_ctrl_c()
    # A shell's `2>&-` leaves us without the stream.
    sys.stderr = sys.stderr or Path(os.devnull).open("w")  # noqa: SIM115 - as long as we run
    try:
        log.to_stderr(os.environ.get("IMAGEN4_LOG", ""))
        if "_IMAGEN4_COMPLETE" in os.environ:
            import_module(COMMANDS["completion"][0])  # a shell asks, by our code for it
        # Without click's own handling of errors, `ctx.exit(code)` comes back as the code.
        return group.main(prog_name="imagen4", standalone_mode=False) or 0
    except click.Abort:
        return exits.report(exits.Exit.INTERRUPTED, "interrupted")
    except click.UsageError as error:
        if isinstance(error, ASKS_FOR_HELP):
            exits.tell(error.format_message())
            return exits.Exit.USAGE
        hint = f" (see: {error.ctx.command_path} --help)" if error.ctx else ""
        return _refuse(exits.Exit.USAGE, error.format_message() + hint)
    except click.ClickException as error:
        return _refuse(exits.Exit.FAILED, error.format_message())
    except BrokenPipeError:
        # The reader of our output (`| head`) has left; nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.Exit.FAILED
    except Exception as error:  # nobody should meet a traceback
        return _refuse(*exits.explain(error), type(error).__name__)
    finally:
        _let_go_of_streams()


def _let_go_of_streams() -> None:
    """What a full or closed stream still holds must not change the exit code (Python: 120)."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            with suppress(OSError, ValueError, AttributeError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _refuse(code: exits.Exit, line: str, kind: str = "UsageError") -> int:
    """A failure outside of the client's own; as JSON, too, for those who asked for that."""
    if "--json" in sys.argv:
        error = {"type": kind, "message": line}
        with suppress(OSError):  # standard output may be what failed
            click.echo(json.dumps({"error": error}, indent=2))
    return exits.report(code, line)
