"""A schema as a reader understands it: references followed, allOf merged.

Where something is written, inline or behind a ``$ref``, in one piece or in several
``allOf`` parts, makes no difference to what is compared.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote

ANY = frozenset(("null", "boolean", "integer", "number", "string", "array", "object"))
_DEEPEST = 50


def escaped(name: str) -> str:
    """A key as a part of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


@dataclass(frozen=True)
class Element:
    """A value of a document and the pointer to it."""

    value: Any
    pointer: str

    def child(self, key: str, default: Any = None) -> "Element":
        """What stands under a key."""
        inner = self.value.get(key, default) if isinstance(self.value, dict) else default
        return Element(default if inner is None else inner, f"{self.pointer}/{escaped(key)}")

    def children(self) -> dict[str, "Element"]:
        """Everything under an object, by key, without extensions."""
        if not isinstance(self.value, dict):
            return {}
        return {key: self.child(key) for key in self.value if not key.startswith("x-")}

    def items(self) -> list["Element"]:
        """The entries of a list."""
        values = self.value if isinstance(self.value, list) else []
        return [Element(item, f"{self.pointer}/{number}") for number, item in enumerate(values)]


class Resolver:
    """Follows the references of one document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.root = Element(document, "")

    def follow(self, place: Element) -> Element:
        """The place itself, or what its ``$ref`` leads to."""
        for _ in range(_DEEPEST):
            ref = place.value.get("$ref") if isinstance(place.value, dict) else None
            if not isinstance(ref, str) or not ref.startswith("#/"):
                return place
            place = self._at(ref)
        return Element({}, place.pointer)

    def _at(self, ref: str) -> Element:
        place = self.root
        for part in ref[2:].split("/"):
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(place.value, list) and key.isdigit():
                place = place.items()[int(key)]
            else:
                place = place.child(key)
        return place

    def view(self, *places: Element) -> "View":
        """One schema out of the parts that all apply."""
        parts = [part for place in places for part in self._parts(place, 0)]
        return View(self, tuple(parts), places[0].pointer if places else "")

    def _parts(self, place: Element, depth: int) -> Iterator[Element]:
        place = self.follow(place)
        if not isinstance(place.value, dict) or depth > _DEEPEST:
            return
        yield place
        for key in ("allOf", "oneOf", "anyOf"):
            branches = place.child(key, []).items()
            if key == "allOf":
                alone = branches
            else:
                alone = [branch for branch in branches if not self._is_null(branch)]
                alone = alone if len(alone) == 1 else []
            for branch in alone:
                yield from self._parts(branch, depth + 1)

    def _is_null(self, place: Element) -> bool:
        value = self.follow(place).value
        return isinstance(value, dict) and value.get("type") in ("null", ["null"])

    def optional_null(self, place: Element) -> bool:
        """Whether a schema is one alternative or null."""
        return any(
            len(branches) == 2 and any(self._is_null(branch) for branch in branches)
            for branches in (place.child(key, []).items() for key in ("oneOf", "anyOf"))
        )


@dataclass(frozen=True)
class View:
    """A schema with all its parts taken together."""

    resolver: Resolver
    parts: tuple[Element, ...]
    pointer: str

    @property
    def identity(self) -> tuple[str, ...]:
        """What tells recursive schemas apart."""
        return tuple(part.pointer for part in self.parts)

    def where(self, key: str) -> str:
        """The pointer to a key of the schema, in the part that has it."""
        for part in self.parts:
            if key in part.value:
                return f"{part.pointer}/{escaped(key)}"
        return f"{self.parts[0].pointer if self.parts else self.pointer}/{escaped(key)}"

    def all(self, key: str) -> list[Any]:
        """The values of a key in every part that has it."""
        return [part.value[key] for part in self.parts if part.value.get(key) is not None]

    def first(self, key: str) -> Any:
        """The value of a key in the first part that has it."""
        return next(iter(self.all(key)), None)

    @cached_property
    def types(self) -> frozenset[str]:
        """The JSON types that are allowed; integer is part of number."""
        allowed = ANY
        for part in self.parts:
            allowed = allowed & self._types_of(part)
        return allowed

    def _types_of(self, part: Element) -> frozenset[str]:
        stated = part.value.get("type")
        if stated is None:
            return ANY
        names = set(stated if isinstance(stated, list) else [stated])
        names |= {"integer"} if "number" in names else set()
        nullable = part.value.get("nullable") is True
        wrapped = any(self.resolver.optional_null(other) for other in self.parts)
        return frozenset(names | ({"null"} if nullable or wrapped else set()))

    @cached_property
    def enum(self) -> list[Any] | None:
        """The allowed values, None when any."""
        lists = [*self.all("enum"), *([value] for value in self.all("const"))]
        if not lists:
            return None
        return [value for value in lists[0] if all(value in other for other in lists[1:])]

    @cached_property
    def required(self) -> frozenset[str]:
        """The names that must be there."""
        lists = (names for names in self.all("required") if isinstance(names, list))
        return frozenset(name for names in lists for name in names)

    @cached_property
    def properties(self) -> dict[str, "View"]:
        """The named properties."""
        found: dict[str, list[Element]] = {}
        for part in self.parts:
            for name, place in part.child("properties", {}).children().items():
                found.setdefault(name, []).append(place)
        return {name: self.resolver.view(*places) for name, places in found.items()}

    def under(self, key: str) -> "View | None":
        """The schema under ``items``, ``additionalProperties`` or ``not``."""
        places = [part.child(key) for part in self.parts if isinstance(part.value.get(key), dict)]
        return self.resolver.view(*places) if places else None

    def alternatives(self) -> list["View"]:
        """The alternatives of ``oneOf`` or ``anyOf``, when there are several."""
        found = []
        for part in self.parts:
            for key in ("oneOf", "anyOf"):
                branches = part.child(key, []).items()
                if len(branches) > 1 and not self.resolver.optional_null(part):
                    found += [self.resolver.view(branch) for branch in branches]
        return found
