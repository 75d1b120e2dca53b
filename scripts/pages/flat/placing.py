"""Every place where one line may stand, given what is open."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pages.flat.folds import inline_cost
from pages.flat.grammar import EXAMPLE_FIELDS, KINDS, child
from pages.flat.habits import may_go_on, unlikely_example
from pages.flat.lines import Line, Value
from pages.flat.schemas import BREACH, ODD, Nested, Schema, fits, samples_shape, take_scalar
from pages.flat.shapes import TEXT, UNKNOWN, Shape, list_of, record, resolve
from pages.flat.stack import EMPTY, Node, Note, Stack, new_info
from pages.scalars import type_name

_EXAMPLES_OF_TEXTS = dict.fromkeys(EXAMPLE_FIELDS, TEXT)


@dataclass(frozen=True)
class Place:
    """A line put somewhere: what is open afterwards, and what that costs.

    ``column``: where the line starts. ``sure``: whether the grammar knows the key,
    or it merely may be one of a free-form value. ``fixed``: the grammar names the key.
    """

    node: Node
    column: int
    cost: int = 0
    fold: int = 0
    sure: bool = True
    fixed: bool = False
    notes: tuple[Note, ...] = ()


class Placing:
    """Finds places by the grammar, with the shapes learnt in an earlier pass."""

    def __init__(
        self, stack: Stack, hints: Mapping[object, Shape], following: Line | None = None
    ) -> None:
        """``hints``: shapes of schemas by where they start. ``following``: the next line."""
        self._stack = stack
        self._hints = hints
        self._following = following
        self._goes_on = following is not None and may_go_on(following)

    def places(self, node: Node, line: Line) -> list[Place]:
        """Every place of the line in the open things, innermost first.

        A key that the grammar knows is taken for that rather than for a key of a
        free-form value; except in a schema, whose keys (type, title, description)
        are ordinary words.
        """
        if line.key is None and not line.dashes:
            return []
        found = list(self._climb(node, line))
        known = [place for place in found if place.sure]
        if not known or all(_in_schema(place.node) for place in known):
            return found
        return [place if place.sure else _dearer(place, 1) for place in found]

    def _climb(self, node: Node, line: Line) -> Iterator[Place]:
        cost = 0
        notes: tuple[Note, ...] = ()
        here: Node | None = node
        while here is not None:
            for place in self._insert(here, line.dashes, line):
                total = place.cost + cost
                yield replace(place, column=here.column, cost=total, notes=notes)
            if here.parent is None:
                return
            here, extra, note = self._stack.close(here)
            cost += extra
            notes = (*notes, note) if note else notes

    def _insert(self, node: Node, dashes: int, line: Line) -> Iterator[Place]:
        if node.role == "pending":
            yield from self._open(node, dashes, line)
        elif node.role == "seq" and dashes:
            yield from self._item(node, dashes, line)
        elif node.role == "map" and not dashes and line.key is not None:
            yield from self._entry(node, line)

    def _open(self, node: Node, dashes: int, line: Line) -> Iterator[Place]:
        """Start the list or object that a key announced on an earlier line."""
        if node.parent is not None:
            yield from self._nest(node.parent, node.slot, node.kind, node.column, dashes, line)

    def _nest(
        self, parent: Node, slot: str, kind: str | Shape, column: int, dashes: int, line: Line
    ) -> Iterator[Place]:
        if dashes:
            if self._items(kind) is not None:
                seq = self._stack.make("seq", kind, column, parent, slot)
                yield from self._item(seq, dashes, line)
        elif line.key is not None:
            cost = self._object_cost(kind)
            if cost is not None:
                info = new_info("schema" if kind == "schema_or_flag" else kind)
                kind = "schema" if kind == "schema_or_flag" else kind
                keep = line.number if info is not None else 0
                node = self._stack.make("map", kind, column, parent, slot, info=info, line=keep)
                yield from (_dearer(place, cost) for place in self._entry(node, line))

    def _object_cost(self, kind: str | Shape) -> int | None:
        if isinstance(kind, Shape):
            types = resolve(kind, self._stack.components).types
            return 0 if fits("object", types) else BREACH
        grammar = KINDS[kind]
        return 0 if grammar.fields or grammar.free is not None else None

    def _items(self, kind: str | Shape) -> str | Shape | None:
        if isinstance(kind, Shape):
            return resolve(kind, self._stack.components).items or UNKNOWN
        return KINDS[kind].items

    def _item(self, seq: Node, dashes: int, line: Line) -> Iterator[Place]:
        kind = self._items(seq.kind)
        if kind is None:
            return
        cost = self._list_cost(seq.kind)
        column = seq.column + 2
        if dashes > 1 or line.key is not None:
            places = self._nest(seq, "", kind, column, dashes - 1, line)
        else:
            places = self._value(seq, "", kind, column, line)
        yield from (_dearer(place, cost) for place in places)

    def _list_cost(self, kind: str | Shape) -> int:
        if isinstance(kind, Shape):
            return 0 if fits("array", resolve(kind, self._stack.components).types) else BREACH
        return 0

    def _entry(self, node: Node, line: Line) -> Iterator[Place]:
        key = line.key or ""
        if key in node.used:
            return
        found = self._under(node, key)
        if found is None:
            return
        kind, cost, sure = found
        info = replace(node.info, last=key) if isinstance(node.info, Schema) else node.info
        owner = self._stack.changed(node, node.used | {key}, info)
        unlikely = unlikely_example(node, key)
        for place in self._value(owner, key, kind, node.column + 2, line):
            fold = place.fold + unlikely
            fixed = isinstance(node.kind, str) and key in KINDS[node.kind].fields
            yield Place(place.node, 0, place.cost + cost, fold, place.sure and sure, fixed)

    def _under(self, node: Node, key: str) -> tuple[str | Shape, int, bool] | None:
        if isinstance(node.kind, Shape):
            return self._under_shape(resolve(node.kind, self._stack.components), key)
        kind = child(node.kind, key)
        if kind is None:
            return None
        if node.kind == "schemas" and not self._stack.is_component(key):
            return kind, ODD, True
        if isinstance(kind, str) and kind.startswith("="):
            return self._samples(node, kind[1:]), 0, True
        return kind, 0, True

    def _under_shape(self, shape: Shape, key: str) -> tuple[Shape, int, bool]:
        for name, found in shape.props:
            if name == key:
                return found, 0, True
        if shape.free is not None:
            return shape.free, 0, False
        return UNKNOWN, 0 if shape.unknown else BREACH, False

    def _samples(self, node: Node, key: str) -> Shape:
        """The shape of examples, defaults and enums: that of the schema they belong to."""
        hint = self._hints.get((node.line, node.column))
        if isinstance(node.info, Schema):
            if hint is None:
                return samples_shape(node.info, key, self._stack.components)
            return list_of(hint) if key in ("enum", "examples") else hint
        shape = node.info if isinstance(node.info, Shape) else UNKNOWN
        if shape.unknown:
            shape = hint or UNKNOWN
        if key == "examples":
            return record(record(None, value=shape, **_EXAMPLES_OF_TEXTS))
        return shape

    def _value(
        self, owner: Node, slot: str, kind: str | Shape, column: int, line: Line
    ) -> Iterator[Place]:
        value = line.value
        if value is None:
            return
        if value.form == "empty":
            yield self._pending(owner, slot, kind, column)
        elif value.form == "block":
            yield from self._text("text", owner, slot, kind, column, line)
        elif value.form == "open":
            yield from self._text("open", owner, slot, kind, column, line)
        else:
            yield from self._complete(owner, slot, kind, column, value)

    def _pending(self, owner: Node, slot: str, kind: str | Shape, column: int) -> Place:
        """A key whose value starts on the next line, or that has none."""
        node = self._stack.make("pending", kind, column, owner, slot)
        ahead = self._following
        if ahead is None or not any(Placing(self._stack, {})._insert(node, ahead.dashes, ahead)):
            return Place(self._stack.absorb(owner, slot, None), 0, EMPTY, sure=False)
        return Place(node, 0)

    def _text(
        self, role: str, owner: Node, slot: str, kind: str | Shape, column: int, line: Line
    ) -> Iterator[Place]:
        cost = self._scalar_cost(kind, "string")
        if cost is not None:
            taken = self._taken(owner, slot, kind, Value("scalar", ""))
            node = self._stack.make(role, kind, column, taken, slot, line=line.number)
            yield Place(node, 0, cost)

    def _complete(
        self, owner: Node, slot: str, kind: str | Shape, column: int, value: Value
    ) -> Iterator[Place]:
        if value.form == "alias":
            yield Place(owner, 0)
            return
        cost = self._data_cost(kind, value.data)
        if cost is None:
            return
        taken = self._taken(owner, slot, kind, value)
        fold = inline_cost(value.text, column) if isinstance(value.data, str) else 0
        yield Place(taken, 0, cost, fold)
        if self._goes_on and " " in value.text and isinstance(value.data, str) and not value.quoted:
            yield Place(self._stack.make("plain", kind, column, taken, slot), 0, cost)

    def _data_cost(self, kind: str | Shape, data: object) -> int | None:
        name = type_name(data)
        if isinstance(kind, Shape):
            return self._scalar_cost(kind, name)
        grammar = KINDS[kind]
        if isinstance(data, list):
            return 0 if grammar.items is not None else None
        if isinstance(data, dict):
            return self._object_cost(kind)
        if grammar.words and data not in grammar.words:
            return None
        return self._scalar_cost(kind, name)

    def _scalar_cost(self, kind: str | Shape, name: str) -> int | None:
        if isinstance(kind, Shape):
            shape = resolve(kind, self._stack.components)
            entry = shape.items.types if shape.items is not None else shape.types
            return 0 if fits(name, shape.types) or fits(name, entry) else BREACH
        return 0 if name in KINDS[kind].scalars else None

    def _taken(self, owner: Node, slot: str, kind: str | Shape, value: Value) -> Node:
        """The owner with a complete value in it."""
        if isinstance(value.data, list | dict):
            return self._stack.absorb(owner, slot, _flow_summary(slot, kind, value.data))
        if isinstance(owner.info, Schema):
            info = take_scalar(owner.info, slot, value)
            return self._stack.changed(owner, owner.used, info)
        if owner.role == "seq":
            return self._stack.changed(owner, owner.used, (*_known(owner.info), value.data))
        return owner


def _in_schema(node: Node) -> bool:
    owner = node.parent if node.role != "map" else node
    return owner is not None and owner.kind == "schema"


def _known(info: object) -> tuple[object, ...]:
    return info if isinstance(info, tuple) else ()


def _flow_summary(
    slot: str, kind: str | Shape, data: list[object] | dict[object, object]
) -> object:
    if isinstance(kind, Shape):
        return Nested(type_name(data))
    if kind in ("schema", "schema_or_flag"):
        return UNKNOWN
    if isinstance(data, list):
        return tuple(item for item in data if not isinstance(item, list | dict))
    return () if slot == "properties" else None


def _dearer(place: Place, cost: int) -> Place:
    return replace(place, cost=place.cost + cost) if cost else place
