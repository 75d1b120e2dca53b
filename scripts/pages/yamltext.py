"""YAML and JSON into plain data, for text from outside.

Nothing but plain data: no tags, no merge keys, no duplicate keys, and aliases
only as far as the document they expand to stays small.
"""

import json
import re
from collections.abc import Hashable
from typing import Any

import yaml

from pages.errors import AGAIN, MEND, PageError
from pages.scalars import plain_value

Document = dict[str, Any]

MOST_TEXT = 1_000_000
_MOST_NODES = 60_000
_DEEPEST = 100
_FULL_WIDTH = re.compile(
    r"^[ -]*(['\"]?[A-Za-z$][\w$-]*['\"]?(：|:[\u3000\u00a0])|[\u3000\u00a0])", re.MULTILINE
)


class _Loader(yaml.CSafeLoader):
    """YAML's safe loader with the scalars of YAML 1.2 and every key as text."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """A mapping, whose keys are text and differ."""
        found: dict[Hashable, Any] = {}
        for key_node, value_node in node.value:
            key = _key(key_node)
            if key in found:
                raise PageError(f"line {_line(key_node)}: the key {key!r} is there twice", MEND)
            found[key] = self.construct_object(value_node, deep=deep)
        return found


def _key(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode) or node.value == "<<":
        raise PageError(f"line {_line(node)}: a key that is not plain text", MEND)
    return str(node.value)


def _line(node: yaml.Node | yaml.Event) -> int:
    return int(node.start_mark.line) + 1 if node.start_mark else 0


def _scalar(_: yaml.CSafeLoader, node: yaml.ScalarNode) -> object:
    return node.value if node.style else plain_value(node.value)


_Loader.yaml_implicit_resolvers = {}
_PLAIN_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("map", "seq")}
_Loader.yaml_constructors = {
    tag: construct
    for tag, construct in yaml.CSafeLoader.yaml_constructors.items()
    if tag in _PLAIN_TAGS
}
_Loader.add_constructor("tag:yaml.org,2002:str", _scalar)


def load_yaml(text: str) -> Document:
    """The document in a YAML text; PageError when it is not one plain mapping."""
    try:
        data = load_value(text)
    except yaml.YAMLError as error:
        hint = full_width(text)
        raise PageError(f"not YAML: {_one_line(error)}{hint}", MEND if hint else AGAIN) from None
    except (RecursionError, ValueError) as error:
        raise PageError(f"not readable as YAML: {error}", AGAIN) from None
    return _mapping(data)


def full_width(text: str) -> str:
    """Whether an input method for Chinese put something where YAML needs a plain colon or space."""
    found = _FULL_WIDTH.search(text)
    if found is None:
        return ""
    line = text.count("\n", 0, found.end()) + 1
    return f"; line {line} has a full-width colon or space where a plain one belongs"


def load_value(text: str) -> object:
    """Any YAML value. Raises yaml.YAMLError, or PageError for what is out of bounds."""
    _survey(text)
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a subclass of the safe loader


def load_json(text: str) -> Document:
    """The document in a JSON text."""
    try:
        data = json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise PageError(f"not JSON: {error}", AGAIN) from None
    return _mapping(data)


def _mapping(data: object) -> Document:
    if not isinstance(data, dict):
        raise PageError("no OpenAPI document in it: the data is not a mapping", AGAIN)
    return data


def _unique_keys(pairs: list[tuple[str, Any]]) -> Document:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise PageError(f"the key {twice!r} is there twice", MEND)
    return found


def _no_constant(name: str) -> None:
    raise PageError(f"{name} is not JSON", MEND)


def _survey(text: str) -> None:
    """Refuse what would grow out of bounds, before anything is built from it."""
    sizes: dict[str, int] = {}
    open_nodes: list[tuple[str | None, int]] = []
    total = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        _must_be_plain_data(event)
        if isinstance(event, yaml.AliasEvent):
            total += sizes.get(event.anchor or "", _MOST_NODES)
        elif isinstance(event, yaml.ScalarEvent):
            total += 1
            if event.anchor:
                sizes[event.anchor] = 1
        elif isinstance(event, yaml.CollectionStartEvent):
            open_nodes.append((event.anchor, total))
            total += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_nodes.pop()
            if anchor:
                sizes[anchor] = total - before
        check_bounds(total, len(open_nodes))


def _must_be_plain_data(event: yaml.Event) -> None:
    tag = getattr(event, "tag", None)
    if tag is not None:
        raise PageError(f"line {_line(event)}: a tag that is not plain data: {tag}", MEND)


def check_bounds(nodes: int, depth: int) -> None:
    """Refuse what would grow out of bounds when it is followed."""
    if nodes > _MOST_NODES:
        raise PageError(
            f"more than {_MOST_NODES:,} values once what it refers to is followed", MEND
        )
    if depth > _DEEPEST:
        raise PageError(f"nested deeper than {_DEEPEST} levels", MEND)


def _one_line(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f"line {error.problem_mark.line + 1}: {error.problem}"
    return str(error).replace("\n", " ")
