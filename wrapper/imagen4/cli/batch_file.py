"""The requests of a batch, made of its lines; checked all together."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from .. import Request
from ..core.request import PlannedCreate, plan_creates
from ..errors import InvalidRequest
from ..facts import GATEWAYS
from ..facts.models import default_first
from ..ledger.keys import key_of_tag
from .batch_source import name_of, rows_of
from .fields import schema_of, typed, vendored_models

ARGUMENTS = frozenset(Request.__slots__) - {"fields"}
TOLD = 20  # mistakes at most; whoever has more has made one of them throughout


@dataclass(frozen=True, slots=True)
class Line:
    """A request, and where it stands in the file."""

    number: int
    request: Request
    creates: tuple[PlannedCreate, ...]
    gateway: str
    """The first of those named that takes it."""
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
    for number, found in rows_of(file):
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
        told = f"{'; '.join(wrong[:TOLD])}{more}"
        raise click.UsageError(f"{name_of(file)}, nothing was sent: {told}")
    if not tagged:
        raise click.UsageError(f"{name_of(file)} holds no request")
    return tagged


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
    return Line(number, request, plan_creates(request, schema, f"{model} on {gateway}"), gateway)


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
