"""Where a promise stands: file and line of a pointer, in a checkout of this project.

The first document that has the place wins: the gateway's page, or the model's; what all pages
share; the overlays; and, since it has everything, what is generated of them all.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from ...facts.gateways import DEFAULT_MODEL
from ...facts.models import slug_of
from ..document import INPUT_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Steps = tuple[str, ...]
OVERLAYS = ("contract", "operations")
NAMED = re.compile(r"\.(\w+)|\['([^',]+)'\]|\[(\d+)\]")
"""A step of an overlay's target. One that asks a question or names several is no place."""


class SpecLine(NamedTuple):
    """A file, by its path in the project, and a line; None where the file is not at hand."""

    file: str
    line: int | None


def find_spec_line(pointer: str, gateway: str, model: str, root: Path) -> SpecLine:
    """Where the pointer of a model's contract document leads; `root` is the checkout."""
    steps = _steps(pointer)
    for file, base, inside in _documents(gateway, model, root):
        if steps[: len(base)] == base:
            line = _line_inside(root / file, inside + steps[len(base) :])
            if line is not None:
                return SpecLine(file, line)
    return SpecLine(f"specs/{gateway}.yaml", None)


def _documents(gateway: str, model: str, root: Path) -> Iterator[tuple[str, Steps, Steps]]:
    """Each file, with the steps that it begins at, and the steps to there inside it."""
    if model == DEFAULT_MODEL:
        yield f"specs/{gateway}.yaml", (), ()
    else:
        yield f"specs/models/{gateway}/{slug_of(model)}.yaml", _steps(INPUT_SCHEMA), ("input",)
    yield "specs/shared/envelope.yaml", (), ()
    for name in OVERLAYS:
        file = f"specs/overlays/{name}.yaml"
        for number, target in enumerate(_targets(root / file)):
            if NAMED.sub("", target) == "$":
                steps = tuple("".join(found) for found in NAMED.findall(target))
                yield file, steps, ("actions", str(number), "update")
    yield f"generated/imagen4_generated/{gateway}/contract.json", (), ()


def _steps(pointer: str) -> Steps:
    return tuple(s.replace("~1", "/").replace("~0", "~") for s in pointer.split("/")[1:])


@cache
def _nodes_of(file: Path) -> Any:
    """The YAML (or JSON) as nodes, which know their lines; None without the file."""
    try:
        return yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except OSError:
        return None


def _targets(file: Path) -> Iterator[str]:
    for name, actions in getattr(_nodes_of(file), "value", ()):
        if name.value == "actions":
            for action in actions.value:
                yield next(value.value for key, value in action.value if key.value == "target")


def _line_inside(file: Path, steps: Steps) -> int | None:
    """The line of what the steps lead to, by its name if it has one; None: not there."""
    node = mark = _nodes_of(file)
    for step in steps:
        if isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == step]
        elif isinstance(node, yaml.SequenceNode) and step.isdecimal():
            found = [(each, each) for each in node.value[int(step) : int(step) + 1]]
        else:
            found = []
        if not found:
            return None
        mark, node = found[0]
    return mark.start_mark.line + 1 if mark is not None else None
