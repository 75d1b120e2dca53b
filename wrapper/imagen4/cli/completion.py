"""`imagen4 completion SHELL`: the code that a shell's start-up file evaluates."""

import os

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    add_completion_class,
    get_completion_class,
    split_arg_string,
)

VARIABLE = "_IMAGEN4_COMPLETE"
# Bash takes `16:9` and `resolution=2K` for three words each: click, which is told these words,
# finds no value for them. Here it is told the line, and bash gets what its last word lacks.
BASH = """\
%(complete_func)s() {
    local type value
    COMPREPLY=()
    while IFS=, read -r type value; do
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) COMPREPLY+=("$value"); [[ $value != *= ]] || compopt -o nospace ;;
        esac
    done < <(COMP_WORDS="${COMP_LINE:0:COMP_POINT}" COMP_WORDBREAKS=$COMP_WORDBREAKS \\
        %(complete_var)s=bash_complete "$1")
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""


@add_completion_class
class LineOfBash(BashComplete):
    """Completes a line up to the cursor, however bash parts its words."""

    source_template = BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        line = os.environ["COMP_WORDS"]
        words = split_arg_string(line)
        begun = "" if line[-1:].isspace() else words.pop()
        value = begun.partition("=")[2] if begun.startswith("-") else begun
        breaks = set(os.environ.get("COMP_WORDBREAKS", "")) & set(":=")
        self._known = max((value.rfind(each) + 1 for each in breaks), default=0)
        return words[1:], begun

    def format_completion(self, item: CompletionItem) -> str:
        return f"{item.type},{item.value[self._known :]}"


@click.command()
@click.argument("shell", metavar="SHELL", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the code for tab completion in SHELL: bash, zsh or fish.

    For bash and zsh, put eval "$(imagen4 completion bash)" into ~/.bashrc or ~/.zshrc, with the
    name of the shell. For fish, put imagen4 completion fish | source into its config.fish.
    """
    completion = get_completion_class(shell)
    assert completion is not None  # noqa: S101  # click knows the three shells of the choice
    click.echo(completion(context.find_root().command, {}, "imagen4", VARIABLE).source())
