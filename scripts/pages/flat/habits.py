"""Habits of authors and writers, where the grammar leaves a choice."""

from pages.flat.lines import Line
from pages.flat.schemas import Schema
from pages.flat.stack import Node


def may_go_on(line: Line) -> bool:
    """Whether a line could be the continuation of a plain scalar."""
    return ": " not in line.text and not line.text.endswith(":") and " #" not in line.text


def unlikely_example(node: Node, key: str) -> int:
    """Whether an example is more likely one of the media type around this schema.

    Both mean the same in OpenAPI, and only habit tells them apart: kie's generated
    pages put it beside the schema; written by hand, it was once seen in the schema,
    after its ``required``. Apidog gives a schema ``examples``, a list.
    """
    if key != "example" or not isinstance(node.info, Schema) or node.slot != "schema":
        return 0
    apidog = any(name.startswith("x-apidog") for name in node.used)
    return 1 if apidog or node.info.last in ("properties", "allOf") else 0
