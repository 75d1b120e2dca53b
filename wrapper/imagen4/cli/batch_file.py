"""What `imagen4 batch` reads: CSV, JSON lines, or one prompt a line; checked all together."""

import csv
import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

import click

from .. import Request
from ..core.request import PlannedCreate, plan_creates
from ..errors import InvalidRequest
from ..facts import GATEWAYS
from ..facts.models import default_first
from ..ledger.keys import key_of_tag
from .fields import schema_of, typed, vendored_models

ARGUMENTS = frozenset(Request.__slots__) - {"fields"}
TOLD = 20  # mistakes at most; whoever has more has made one of them throughout


@dataclass(frozen=True, slots=True)
class Line:
    """A request, and where it stands in the file."""

    number: int
    request: Request
    creates: tuple[PlannedCreate, ...]
    tags: tuple[str, ...] = ()
    """Of one that brings none: what a ledger may have it under. If that has none, the first.

    One for each known gateway that takes it, named or not, since what is sent differs.
    """

    @property
    def tag(self) -> str:
        return self.request.tag or ""

    @property
    def key(self) -> str:
        """By which a ledger finds it."""
        return key_of_tag(self.tag)

    @property
    def pictures(self) -> int:
        return sum(create.pictures for create in self.creates)


def read_batch(
    file: Path, gateways: Sequence[str], columns: Mapping[str, str], known: Collection[str | None]
) -> list[Line]:
    """All lines of the file, which may leave out these columns, for a gateway that takes them.

    known: the tags that the ledger has. Raises UsageError that says what is wrong in which lines.
    """
    lines: list[Line] = []
    wrong: list[str] = []
    for number, found in _rows(file):
        try:
            lines.append(_read_for_any(number, found, gateways, columns))
        except (InvalidRequest, ValueError, click.BadParameter) as problem:
            wrong.append(f"line {number}: {getattr(problem, 'message', problem)}")
    tagged = _with_tags(lines, known)
    first: dict[str, int] = {}
    for line in tagged:
        earlier = first.setdefault(line.tag, line.number)
        if earlier != line.number:
            wrong.append(f"line {line.number}: tag {line.tag} is that of line {earlier}")
    if wrong:
        more = f"; and {len(wrong) - TOLD} more" if len(wrong) > TOLD else ""
        raise click.UsageError(f"{file}, nothing was sent: {'; '.join(wrong[:TOLD])}{more}")
    if not tagged:
        raise click.UsageError(f"{file} holds no request")
    return tagged


def _rows(file: Path) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    """Line numbers, and what stands there: by column, or a prompt. Raises UsageError."""
    reader: Callable[[Any], Iterator[tuple[int, Mapping[str, Any] | str]]] = _plain_prompts
    if file.suffix.lower() in (".csv", ".tsv"):
        reader = _csv_rows
    elif file.suffix.lower() in (".json", ".jsonl", ".ndjson"):
        reader = _json_rows
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            yield from reader(_without_nul(text))
    except UnicodeError:
        raise click.UsageError(f"{file} is not UTF-8") from None
    except (OSError, csv.Error) as problem:
        raise click.UsageError(f"{file} cannot be read: {problem}") from None


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    """The lines; raises UnicodeError for UTF-16 without its mark, which is taken for UTF-8."""
    for line in lines:
        if "\0" in line:
            raise UnicodeError
        yield line


def _plain_prompts(text: Any) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text, 1):
        if prompt := line.strip():
            yield number, prompt


def _csv_rows(text: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """An empty cell is as good as none. Spreadsheets separate cells as their country does."""
    head = next(text, "")
    separator = max(",;\t", key=head.count)
    lines = chain([head], text)
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


def _wrong_names(names: Sequence[str]) -> str | None:
    """What is wrong with a table's columns, told once rather than of each line."""
    if twice := sorted(name for name, count in Counter(names).items() if count > 1):
        return f"two columns are called {twice[0]}"
    if names and "prompt" not in names:
        return f"no column is called prompt; there are {', '.join(names)}"
    return None


def _json_rows(text: Any) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    for number, line in _plain_prompts(text):
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        yield (
            number,
            found if isinstance(found, (dict, str)) else {"": "no JSON object or text on one line"},
        )


def _read_for_any(
    number: int, found: Mapping[str, Any] | str, gateways: Sequence[str], columns: Mapping[str, str]
) -> Line:
    """As the first gateway takes it that does. Raises what is wrong with it for the first one."""
    lines: dict[str, Line] = {}
    problems: dict[str, Exception] = {}
    for gateway in GATEWAYS:
        try:
            lines[gateway] = _read_line(number, found, gateway, columns)
        except (InvalidRequest, ValueError, click.BadParameter) as problem:
            problems[gateway] = problem
    taking = next((lines[gateway] for gateway in gateways if gateway in lines), None)
    if taking is None:
        raise problems[gateways[0]]
    tags = () if taking.tag else tuple(dict.fromkeys(map(_made_tag, lines.values())))
    return replace(taking, tags=tags)


def _read_line(
    number: int, found: Mapping[str, Any] | str, gateway: str, columns: Mapping[str, str]
) -> Line:
    own = {"prompt": found} if isinstance(found, str) else found
    given: dict[str, Any] = {**columns, **own}
    if "" in given:
        raise ValueError(given[""] if len(own) == 1 else "a column has no name")
    model = given.pop("model")
    if model not in vendored_models(gateway):
        known = ", ".join(default_first(vendored_models(gateway)))
        raise ValueError(f"{gateway} has no model {model}; it has {known}")
    schema = schema_of(gateway, model)
    arguments: dict[str, Any] = {name: given.pop(name) for name in ARGUMENTS & given.keys()}
    if isinstance(count := arguments.get("num_images"), str):
        arguments["num_images"] = int(count) if count.isdecimal() else count
    properties = schema.get("properties", {})
    fields = {
        name: typed(name, value, properties.get(name, {})) if isinstance(value, str) else value
        for name, value in given.items()
    }
    request = Request(**arguments, model=model, fields=fields)
    return Line(number, request, plan_creates(request, schema, f"{model} on {gateway}"))


def _with_tags(lines: list[Line], known: Collection[str | None]) -> list[Line]:
    """Each has a tag: its own, or one of its model and fields, wherever it stands in the file."""
    seen: Counter[str] = Counter()
    tagged = []
    for line in lines:
        if line.tags:
            seen.update(line.tags)
            tags = [made if seen[made] == 1 else f"{made}-{seen[made]}" for made in line.tags]
            tag = next((each for each in tags if each in known), tags[0])
            line = replace(line, request=replace(line.request, tag=tag))
        tagged.append(line)
    return tagged


def _made_tag(line: Line) -> str:
    """The beginning of the prompt, and a digest of everything."""
    content = [line.request.model, [dict(create.fields) for create in line.creates]]
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:8]
    words = re.sub(r"\W+", "-", line.request.prompt or "picture").strip("-").lower()[:40].strip("-")
    return f"{words}-{digest}"
