"""`imagen4 completion SHELL`: the code that a shell's start-up file evaluates."""

import click
from click.shell_completion import get_completion_class

from . import group


@click.command()
@click.argument("shell", metavar="SHELL", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the code for tab completion in SHELL: bash, zsh or fish.

    For bash and zsh, put eval "$(imagen4 completion bash)" into ~/.bashrc or ~/.zshrc, with the
    name of the shell. For fish, put imagen4 completion fish | source into its config.fish.
    """
    completion = get_completion_class(shell)
    assert completion is not None  # noqa: S101  # click knows the three shells of the choice
    click.echo(completion(group.group, {}, "imagen4", "_IMAGEN4_COMPLETE").source())
