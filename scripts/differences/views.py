"""A schema as a reader understands it: references followed, allOf merged, one dialect.

Where something is written, inline or behind a ``$ref``, in one piece or in several
``allOf`` parts, makes no difference to what is compared.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from differences.change import Side
from differences.dialect import ANY, CHOICES, WORDS, in_one_dialect, is_null
from differences.places import Element, canonical, escaped, plain

BESIDE = "words beside $ref"
SHUT = {"readOnly": Side.REQUEST, "writeOnly": Side.RESPONSE}


def view_of(*places: Element) -> "View":
    """One schema out of the parts that all apply."""
    parts = [part for place in places for part in _parts(place, set(), null=False)]
    return View(tuple(parts), places[0].pointer)


def _parts(place: Element, seen: set[tuple[str, bool]], *, null: bool) -> Iterator[Element]:
    """``seen``: what references led to, which applies once however often it is said."""
    target = place.target()
    if not isinstance(place.value, dict | bool):
        return
    if target is not None:
        beside = _beside(place)
        null = null or place.child("nullable").value is True
        if beside:
            yield from _parts(Element(beside, *_at(place)), seen, null=null)
        if (target.pointer, null) not in seen:
            seen.add((target.pointer, null))
            yield from _parts(target, seen, null=null)
        return
    own = Element(in_one_dialect(place.value, null=null), *_at(place))
    yield own
    stated = place.child("type").value
    null = null or place.child("nullable").value is True
    null = null or (isinstance(stated, list) and "null" in stated)
    for key in ("allOf", *CHOICES):
        branches = (place if key == "allOf" else own).child(key, []).items()
        others = branches if key == "allOf" else _but_null(branches)
        if key == "allOf" or len(others) == 1:
            for branch in others:
                yield from _parts(branch, seen, null=null or len(others) < len(branches))


def _at(place: Element) -> tuple[str, dict[str, Any]]:
    return place.pointer, place.root


def _beside(place: Element) -> dict[str, Any]:
    """What stands beside a ``$ref``: OpenAPI 3.0 ignores it, though readers honour nullable."""
    words = {key: value for key, value in place.value.items() if key not in ("$ref", "nullable")}
    old = str(place.root.get("openapi")).startswith("3.0")
    return {BESIDE: words} if old and words else words


def _but_null(branches: list[Element]) -> list[Element]:
    return [branch for branch in branches if not is_null(branch.follow().value)]


@dataclass(frozen=True)
class View:
    """A schema with all its parts taken together."""

    parts: tuple[Element, ...]
    pointer: str

    @property
    def identity(self) -> tuple[tuple[int, str, bool], ...]:
        """What tells schemas apart: the document and the place of each part, and may it be null."""
        return tuple(
            (id(part.root), part.pointer, "null" in part.value.get("type", ()))
            for part in self.parts
        )

    def where(self, key: str) -> str:
        """The pointer to a key of the schema, in the part that has it."""
        for part in self.parts:
            if key in part.value:
                return part.pointer if key == BESIDE else f"{part.pointer}/{escaped(key)}"
        return f"{self.parts[0].pointer if self.parts else self.pointer}/{escaped(key)}"

    def all(self, key: str) -> list[Any]:
        """The values of a key in every part that has it."""
        return [part.value[key] for part in self.parts if part.value.get(key) is not None]

    def first(self, key: str) -> Any:
        """The value of a key in the first part that has it."""
        return next(iter(self.all(key)), None)

    def stated(self, key: str) -> list[Any]:
        """The values of a key in every part that has it, null among them."""
        return [part.value[key] for part in self._with(key)]

    def flag(self, key: str) -> bool:
        """Whether a part sets a flag."""
        return any(self.all(key))

    @cached_property
    def types(self) -> frozenset[str]:
        """The JSON types that are allowed; integer is part of number."""
        return ANY.intersection(*self.all("type"))

    @cached_property
    def enum(self) -> list[Any] | None:
        """The allowed values, None when any."""
        lists = self.all("enum")
        if not lists:
            return None
        known = [{canonical(value) for value in other} for other in lists[1:]]
        return [value for value in lists[0] if all(canonical(value) in some for some in known)]

    def required(self, side: Side) -> frozenset[str]:
        """The names that must be there, on a side that has them at all."""
        lists = (names for names in self.all("required") if isinstance(names, list))
        names = frozenset(name for names in lists for name in names)
        return names - {
            name for name in names & self.properties.keys() if self.properties[name].is_shut(side)
        }

    @cached_property
    def dependent(self) -> dict[str, frozenset[str]]:
        """The names that must be there if another one is, by that one."""
        found: dict[str, frozenset[str]] = {}
        for names in self.all("dependentRequired"):
            for name, needed in names.items():
                found[name] = found.get(name, frozenset()) | frozenset(needed)
        return found

    def is_shut(self, side: Side) -> bool:
        """Whether there is no such thing on a side: it is only read, or only written."""
        return any(self.flag(key) for key, where in SHUT.items() if where is side)

    @cached_property
    def properties(self) -> dict[str, "View"]:
        """The named properties."""
        return self.named("properties")

    def named(self, key: str) -> dict[str, "View"]:
        """The schemas under ``properties``, ``prefixItems`` and the like, by name or number."""
        found: dict[str, list[Element]] = {}
        for place in (part.child(key) for part in self._with(key)):
            for inner in (*place.children().values(), *place.items()):
                found.setdefault(inner.key, []).append(inner)
        return {name: view_of(*places) for name, places in found.items()}

    def under(self, key: str) -> "View | None":
        """The schema under ``items`` or ``additionalProperties``."""
        places = [part.child(key) for part in self._with(key)]
        return view_of(*places) if places else None

    @property
    def covering(self) -> "View | None":
        """What is said of properties that are not named."""
        return self.under("additionalProperties") or self.under("unevaluatedProperties")

    @property
    def says_anything(self) -> bool:
        """Whether it says more than words."""
        return any(part.value.keys() - WORDS for part in self.parts)

    @cached_property
    def choices(self) -> list["View"]:
        """What it is one of, or any of: each alternative with all that is said beside them."""
        lists = {branch.pointer.rpartition("/")[0] for _, branch in self._branches()}
        if len(lists) != 1 or self._with("discriminator"):
            return []
        beside = tuple(
            Element({key: part.value[key] for key in part.value if key not in CHOICES}, *_at(part))
            for part in self.parts
        )
        views = (view_of(branch) for _, branch in self._branches())
        return [View((*beside, *view.parts), view.pointer) for view in views]

    def meanings(self, key: str) -> list[str]:
        """What a keyword says in each part that has it, references followed, in any order."""
        found = (part.child(key).meaning() for part in self._with(key))
        words = key in ("description", "title")
        return sorted({canonical(plain(value) if words else value) for value in found})

    def alternatives(self) -> dict[str, list["View"]]:
        """The alternatives of ``oneOf`` and of ``anyOf``, where there are several."""
        found: dict[str, list[View]] = {}
        for key, branch in self._branches():
            found.setdefault(key, []).append(view_of(branch))
        return found

    def told_apart(self) -> dict[str, dict[str, "View"]]:
        """The schemas by the property that tells them apart, and its value for each."""
        found = {}
        for part in self._with("discriminator"):
            implied = (branch for _, branch in self._branches() if branch.target())
            names = {str(branch.value["$ref"]).rsplit("/", 1)[-1]: branch for branch in implied}
            rule = part.child("discriminator")
            for value, place in rule.child("mapping", {}).children().items():
                path = "" if str(place.value).startswith("#/") else "#/components/schemas/"
                names[value] = Element({"$ref": f"{path}{place.value}"}, *_at(place))
            views = {value: view_of(place) for value, place in names.items()}
            found[str(rule.child("propertyName").value)] = views
        return found

    def _branches(self) -> Iterator[tuple[str, Element]]:
        """The alternatives, but for this schema itself, which adds nothing to what fits it."""
        own = {part.pointer for part in self.parts}
        for part in self.parts:
            for key in CHOICES:
                branches = _but_null(part.child(key, []).items())
                for branch in branches if len(branches) > 1 else ():
                    if own.isdisjoint(within.pointer for within in view_of(branch).parts):
                        yield key, branch

    def _with(self, key: str) -> list[Element]:
        return [part for part in self.parts if key in part.value]
