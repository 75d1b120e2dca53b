"""The lines of a batch, from a file or from standard input: JSON, rows of a table, or prompts."""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

import click

from .prompts import STDIN, piped_in

LARGEST = 64 * 1024 * 1024  # bytes of what is no file on a disk, and may have no end
Rows = Iterator[tuple[int, Mapping[str, Any] | str]]


def name_of(file: Path) -> str:
    """As it is called in messages."""
    return "Standard input" if file == Path(STDIN) else str(file)


def rows_of(file: Path) -> Rows:
    """Line numbers, and what stands there: by column, or a prompt. Raises UsageError."""
    try:
        with _text_of(file) as text:
            lines = _without_nul(text)
            first = next(lines, "")
            yield from _reader_of(file.suffix.lower(), first)(chain([first], lines))
    except UnicodeError:
        raise click.UsageError(f"{name_of(file)} is not UTF-8") from None
    except (OSError, csv.Error) as problem:
        raise click.UsageError(f"{name_of(file)} cannot be read: {problem}") from None


def _text_of(file: Path) -> TextIO:
    piped = file == Path(STDIN)
    if file.is_file() and not piped:
        return file.open(encoding="utf-8-sig", newline="")
    content = piped_in(LARGEST, "a batch") if piped else _read_from(file)
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")


def _read_from(pipe: Path) -> bytes:
    """What a named pipe, a shell's `<(…)` or a device holds."""
    with pipe.open("rb") as stream:
        content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise click.UsageError(f"{pipe} is too big for a batch")
    return content


def _reader_of(suffix: str, first: str) -> Callable[[Iterator[str]], Rows]:
    """By the file's name; where that says nothing, by its first line: neither is a prompt."""
    if suffix in (".csv", ".tsv"):
        return _csv_rows
    if suffix in (".json", ".jsonl", ".ndjson") or _is_json(first):
        return _json_rows
    cells = first.strip().split(_separator(first))
    is_head = len(cells) > 1 and all(cell.strip().isidentifier() for cell in cells)
    return _csv_rows if is_head and "prompt" in map(str.strip, cells) else _plain_prompts


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    """The lines; raises UnicodeError for UTF-16 without its mark, which is taken for UTF-8."""
    for line in lines:
        if "\0" in line:
            raise UnicodeError
        yield line


def _plain_prompts(text: Iterable[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text, 1):
        if prompt := line.strip():
            yield number, prompt


def _csv_rows(text: Iterator[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """An empty cell is as good as none. Spreadsheets separate cells as their country does."""
    head = next(text, "")
    lines, separator = chain([head], text), _separator(head)
    rows = csv.DictReader(lines, strict=True, delimiter=separator, skipinitialspace=True)
    rows.fieldnames = names = [name.strip() for name in rows.fieldnames or ()]
    if wrong := _wrong_names(names):
        yield 1, {"": wrong}
        return
    for row in rows:
        if None in row:
            yield rows.line_num, {"": "more cells than columns"}
        else:
            yield rows.line_num, {name: cell for name, cell in row.items() if cell}


def _separator(head: str) -> str:
    return max(",;\t", key=head.count)


def _wrong_names(names: Sequence[str]) -> str | None:
    """What is wrong with a table's columns, told once rather than of each line."""
    if twice := sorted(name for name, count in Counter(names).items() if count > 1):
        return f"two columns are called {twice[0]}"
    if names and "prompt" not in names:
        return f"no column is called prompt; there are {', '.join(names)}"
    return None


def _json_rows(text: Iterable[str]) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    for number, line in _plain_prompts(text):
        found = _decoded_json(line)
        yield (
            number,
            found if isinstance(found, (dict, str)) else {"": "no JSON object or text on one line"},
        )


def _is_json(line: str) -> bool:
    """Whether that is an object or a list, or begins one over several lines."""
    return line.strip() in ("{", "[") or isinstance(_decoded_json(line), (dict, list))


def _decoded_json(line: str) -> Any:
    """None where it is no JSON, or nested too deep to be read."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
