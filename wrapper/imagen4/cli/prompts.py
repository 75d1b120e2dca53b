"""Where `imagen4 generate` has its prompt from: the command line, a file, or standard input."""

import os
import re
import sys
from pathlib import Path

import click

LARGEST = 1_000_000  # bytes; no model takes a hundredth of it, and what is wrong may have no end
STDIN = "-"
LIKE_A_FILE = re.compile(r"@\S*(?:/\S*|\.\w{1,5})")

file_option = click.option(
    "--prompt-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Read the prompt from a file, in UTF-8.",
)


def prompt_of(words: str | None, file: Path | None) -> str | None:
    """The prompt: what is typed costs money, so a file's name is not taken for words.

    Raises UsageError.
    """
    if words is not None and file is not None:
        raise click.UsageError("Either PROMPT or --prompt-file FILE, not both")
    if file is not None:
        return _read_whole(file)
    if words == STDIN:
        return _decoded(piped_in(LARGEST, "a prompt"), "Standard input")
    if words and _names_a_file(words):
        raise click.UsageError(
            f"{words} names a file: read its prompt with --prompt-file {words[1:]}"
        )
    return words


def _names_a_file(words: str) -> bool:
    """As other programs would have it, behind an @: one that is there, or is mistyped."""
    # os.path: a prompt may be longer than any file's name, which Path takes for an error.
    there = words.startswith("@") and os.path.isfile(words[1:])  # noqa: PTH113
    return there or LIKE_A_FILE.fullmatch(words) is not None


def _read_whole(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return _decoded(stream.read(LARGEST + 1), str(file))
    except OSError as error:
        raise click.UsageError(f"{file} cannot be read: {error.strerror}") from None


def piped_in(most: int, what: str) -> bytes:
    """What is piped in. Nobody types into a command that only seems to hang. Raises UsageError."""
    try:
        if sys.stdin.isatty():
            raise click.UsageError(f"- reads standard input, which is a terminal: pipe {what} in")
        content = sys.stdin.buffer.read(most + 1)
    except (OSError, AttributeError):  # a shell's `<&-` leaves us without the stream
        raise click.UsageError("Standard input cannot be read") from None
    if len(content) > most:
        raise click.UsageError(f"Standard input is too big for {what}")
    return content


def _decoded(content: bytes, name: str) -> str:
    """The text, without what editors and `echo` put around it."""
    if len(content) > LARGEST:
        raise click.UsageError(f"{name} is too big for a prompt")
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:  # as in UTF-16 without its mark
        raise click.UsageError(f"{name} is not UTF-8")
    if not text:
        raise click.UsageError(f"{name} holds no prompt")
    return text
