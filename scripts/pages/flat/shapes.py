"""The shape of a value: what a schema lets its examples look like.

Shapes guide the search through free-form values. They know nesting and types,
not lengths or patterns: those cannot tell one nesting from another.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Shape:
    """What may stand in a value.

    ``types`` empty: any. ``props``: known keys. ``free``: the shape of further
    keys, None when there should be none. ``ref``: name of a component to look up.
    """

    types: frozenset[str] = frozenset()
    props: tuple[tuple[str, "Shape"], ...] = ()
    items: "Shape | None" = None
    free: "Shape | None" = None
    required: frozenset[str] = frozenset()
    enum: frozenset[object] = frozenset()
    ref: str = ""
    _hash: int = field(default=0, compare=False, repr=False)

    def __post_init__(self) -> None:
        key = (self.types, self.props, self.items, self.free, self.required, self.enum, self.ref)
        object.__setattr__(self, "_hash", hash(key))

    def __hash__(self) -> int:
        return self._hash

    @property
    def unknown(self) -> bool:
        """Whether nothing is known about the value."""
        return self == UNKNOWN


UNKNOWN = Shape()
TEXT = Shape(types=frozenset({"string"}))
TEXTS = Shape(types=frozenset({"array"}), items=TEXT)
FLAG = Shape(types=frozenset({"boolean"}))


def record(free: Shape | None = None, /, **props: Shape) -> Shape:
    """An object with these keys; underscores in names stand for themselves."""
    return Shape(types=frozenset({"object"}), props=tuple(props.items()), free=free)


def list_of(items: Shape) -> Shape:
    """A list whose entries have this shape."""
    return Shape(types=frozenset({"array"}), items=items)


def resolve(shape: Shape, components: Mapping[str, Shape]) -> Shape:
    """The shape behind a reference; unknown when the component is not known (yet)."""
    for _ in range(20):
        if not shape.ref:
            return shape
        shape = components.get(shape.ref, UNKNOWN)
    return UNKNOWN


def union(shapes: Iterable[Shape], components: Mapping[str, Shape]) -> Shape:
    """The most permissive shape that covers all of the given ones."""
    parts = [resolve(shape, components) for shape in shapes]
    if not parts or any(part.unknown for part in parts):
        return UNKNOWN
    props: dict[str, list[Shape]] = {}
    for part in parts:
        for name, shape in part.props:
            props.setdefault(name, []).append(shape)
    free = [part.free for part in parts if part.free is not None]
    items = [part.items for part in parts if part.items is not None]
    typed = all(part.types for part in parts)
    return Shape(
        types=frozenset().union(*(part.types for part in parts)) if typed else frozenset(),
        props=tuple((name, _merged(found, components)) for name, found in props.items()),
        items=_merged(items, components) if items else None,
        free=_merged(free, components) if free else None,
    )


def _merged(shapes: list[Shape], components: Mapping[str, Shape]) -> Shape:
    return shapes[0] if len(shapes) == 1 else union(shapes, components)
