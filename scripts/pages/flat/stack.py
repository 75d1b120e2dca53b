"""The open objects and lists while flattened lines are read, as a linked stack.

Two readings that leave the same things open, as far as the grammar can tell, have
nodes with the same key, and the search joins them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pages.flat.grammar import KINDS
from pages.flat.schemas import (
    BREACH,
    ODD,
    Nested,
    Schema,
    cost_of,
    shape_of,
    take_child,
    take_sample,
)
from pages.flat.shapes import UNKNOWN, Shape, resolve

# An empty value where the grammar wants something: legal YAML, never seen.
EMPTY = 3


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    """One open thing.

    ``role``: map, seq, pending (a key whose value starts on the next line), text
    (a block scalar), plain (a scalar that may go on), open (quote or bracket).
    ``slot``: the key it stands under in its parent. ``line``: where it started.
    ``key``: the same for nodes that are open alike, all the way down.
    """

    role: str
    kind: str | Shape
    column: int
    parent: "Node | None"
    slot: str = ""
    used: frozenset[str] = frozenset()
    info: object = None
    line: int = 0
    key: int = 0


Note = tuple[object, Shape]


class Stack:
    """Makes nodes, and closes them by the rules of the grammar."""

    def __init__(self, components: Mapping[str, Shape], references: frozenset[str]) -> None:
        """``components``: shapes of the named schemas, as far as they are known.
        ``references``: every ``$ref`` of the page."""
        self.components = components
        self.work = 0  # nodes made so far: what a search has cost
        self._references = references
        self._keys: dict[tuple[object, ...], int] = {}
        self._closed: dict[Node, tuple[Node, int, Note | None]] = {}

    def is_component(self, name: str) -> bool:
        """Whether a name can be that of a shared schema rather than of a property.

        It is referred to, or it is written like the name of a type.
        """
        return f"#/components/schemas/{name}" in self._references or not name[:1].islower()

    def make(
        self,
        role: str,
        kind: str | Shape,
        column: int,
        parent: Node | None,
        slot: str = "",
        *,
        used: frozenset[str] = frozenset(),
        info: object = None,
        line: int = 0,
    ) -> Node:
        """A node with these properties."""
        self.work += 1
        below = parent.key if parent else 0
        known = (role, kind, column, below, slot, used, _gist(info), line)
        key = self._keys.setdefault(known, len(self._keys) + 1)
        return Node(role, kind, column, parent, slot, used, info, line, key)

    def changed(self, node: Node, used: frozenset[str], info: object) -> Node:
        """The same node with other contents."""
        return self.make(
            node.role,
            node.kind,
            node.column,
            node.parent,
            node.slot,
            used=used,
            info=info,
            line=node.line,
        )

    def close(self, node: Node) -> tuple[Node, int, Note | None]:
        """Close a node: its parent with the value taken in, the cost, and what was learnt."""
        closed = self._closed.get(node)
        if closed is None:
            if node.parent is None:
                raise ValueError("the root is closed by finish()")
            summary, cost, note = self._summary(node)
            closed = self.absorb(node.parent, node.slot, summary), cost, note
            self._closed[node] = closed
        return closed

    def finish(self, node: Node) -> int:
        """What the root object lacks."""
        return self._missing(node)

    def absorb(self, parent: Node, slot: str, summary: object) -> Node:
        """The parent with a nested value's summary."""
        info = self._absorbed(parent, slot, summary)
        return parent if info is parent.info else self.changed(parent, parent.used, info)

    def _absorbed(self, parent: Node, slot: str, summary: object) -> object:
        if isinstance(parent.info, Schema):
            if slot in ("default", "example", "const", "examples"):
                return self._sampled(parent.info, slot, summary)
            return take_child(parent.info, slot, summary)
        if parent.kind in ("properties", "schemas") and isinstance(summary, Shape):
            return (*_tuple(parent.info), (slot, summary))
        if parent.kind == "schema_list" and isinstance(summary, Shape):
            return (*_tuple(parent.info), summary)
        if slot == "schema" and isinstance(summary, Shape):
            return summary
        if parent.slot in ("enum", "examples") and isinstance(summary, Nested):
            return (*_tuple(parent.info), summary)
        return parent.info

    def _sampled(self, schema: Schema, slot: str, summary: object) -> Schema:
        if slot != "examples":
            return take_sample(schema, slot, summary)
        for item in summary if isinstance(summary, tuple) else ():
            schema = take_sample(schema, "example", item)
        return schema

    def _summary(self, node: Node) -> tuple[object, int, Note | None]:
        if node.role == "pending":
            return None, EMPTY, None
        if node.role == "seq":
            return self._seq_summary(node)
        if node.role != "map":
            return node.info, 0, None
        return self._map_summary(node)

    def _seq_summary(self, node: Node) -> tuple[object, int, Note | None]:
        if isinstance(node.kind, Shape) and node.slot not in ("enum", "examples"):
            return Nested("array"), 0, None
        return node.info, 0, None

    def _map_summary(self, node: Node) -> tuple[object, int, Note | None]:
        if isinstance(node.info, Schema):
            shape = shape_of(node.info, self.components)
            cost = cost_of(node.info, node.used, self.components)
            if node.parent is not None and node.parent.slot == "allOf" and node.used == {"type"}:
                cost += ODD  # a part that says nothing
            return shape, cost, (_place_of(node), shape)
        if isinstance(node.kind, Shape):
            required = resolve(node.kind, self.components).required
            return Nested("object"), ODD * len(required - node.used), None
        note = None
        if isinstance(node.info, Shape):
            note = ((node.line, node.column), node.info)
        if node.kind in ("properties", "schemas"):
            return node.info or (), 0, note
        return None, self._missing(node), note

    def _missing(self, node: Node) -> int:
        if isinstance(node.kind, Shape) or "$ref" in node.used:
            return 0
        return BREACH * len(KINDS[node.kind].required - node.used)


def _gist(info: object) -> object:
    """What of a node's contents decides its future: names, not the shapes under them."""
    if isinstance(info, Schema):
        names = tuple(name for name, _ in info.props)
        rules = (info.required, info.orders, info.enum, info.values, info.last)
        return (info.types, info.format, names, *rules)
    if isinstance(info, tuple):
        return tuple(_gist_of_item(item) for item in info)
    return None


def _gist_of_item(item: object) -> object:
    if isinstance(item, tuple):
        return item[0]
    return "" if isinstance(item, Shape) else item


def _place_of(node: Node) -> object:
    """What a schema is known by: its reference, or where it starts."""
    if node.parent is not None and node.parent.kind == "schemas":
        return f"#/components/schemas/{node.slot}"
    return node.line, node.column


def _tuple(info: object) -> tuple[object, ...]:
    return info if isinstance(info, tuple) else ()


def new_info(kind: str | Shape) -> object:
    """What is known of an object of this kind before its first key."""
    if kind == "schema":
        return Schema()
    return UNKNOWN if kind in ("media_type", "parameter", "header") else None
