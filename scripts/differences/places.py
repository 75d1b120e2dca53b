"""Places of a document: a value, the pointer to it, and what its references lead to."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import unquote

from pages.yamltext import check_bounds

_DEEPEST = 50


def escaped(name: str) -> str:
    """A key as a part of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def _unescaped(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")


def extension(key: str) -> str:
    """Nothing for a key that is an extension, else the key as it is: to fold keys by."""
    return "" if key.startswith("x-") else key


def status(key: str) -> str:
    """The status of a response: ``2xx`` is ``2XX``."""
    return extension(key).upper().replace("DEFAULT", "default")


def media_type(name: str) -> str:
    """A media type without its case, and without the charset that is JSON's anyway."""
    kind, *parameters = re.sub(r'[\s"]', "", name.lower()).split(";")
    return ";".join([kind, *sorted({*parameters} - {"", "charset=utf-8", "charset=utf8"})])


@dataclass(frozen=True)
class Element:
    """A value, the pointer to it, and the document that it stands in."""

    value: Any
    pointer: str
    root: dict[str, Any] = field(repr=False, compare=False)

    @property
    def key(self) -> str:
        """The key that the value stands under."""
        return _unescaped(self.pointer.rpartition("/")[2])

    def child(self, key: str, default: Any = None) -> "Element":
        """What stands under a key."""
        inner = self.value.get(key, default) if isinstance(self.value, dict) else default
        value = default if inner is None else inner
        return Element(value, f"{self.pointer}/{escaped(key)}", self.root)

    def children(self, fold: Callable[[str], str] = str) -> dict[str, "Element"]:
        """Everything under an object, by key.

        ``fold``: gives keys that mean the same one name, and nothing to a key without meaning.
        """
        found: dict[str, Element] = {}
        for key in self.value if isinstance(self.value, dict) else ():
            name = fold(key)
            if name:
                found[key if name in found else name] = self.child(key)
        return found

    def items(self) -> list["Element"]:
        """The entries of a list."""
        values = self.value if isinstance(self.value, list) else []
        return [
            Element(item, f"{self.pointer}/{number}", self.root)
            for number, item in enumerate(values)
        ]

    def target(self) -> "Element | None":
        """What ``$ref`` leads to, when it leads to a place in this document."""
        ref = self.value.get("$ref") if isinstance(self.value, dict) else None
        if not isinstance(ref, str) or not ref.startswith("#/"):
            return None
        place = Element(self.root, "", self.root)
        for part in ref[2:].split("/"):
            key = _unescaped(unquote(part))
            among = {each.key: each for each in place.items()}
            place = among.get(key) or place.child(key)
        return place

    def follow(self) -> "Element":
        """The place itself, or what its ``$ref`` leads to, with what stands beside it."""
        place, beside = self, dict[str, Any]()
        for _ in range(_DEEPEST):
            target = place.target()
            if target is None:
                break
            beside = {key: place.value[key] for key in place.value if key != "$ref"} | beside
            place = target
        if beside and isinstance(place.value, dict):
            return Element(place.value | beside, place.pointer, self.root)
        return place

    def meaning(self, above: tuple[str, ...] = (), spent: Iterator[int] | None = None) -> Any:
        """The value with its references replaced by what they lead to.

        Raises PageError where that grows out of bounds.
        """
        spent = spent or count()
        check_bounds(next(spent), 0)
        place = self.follow()
        if place.pointer in above:
            return f"as {len(above) - above.index(place.pointer)} above"
        within = (*above, place.pointer)
        if isinstance(place.value, dict):
            return {key: inner.meaning(within, spent) for key, inner in place.children().items()}
        if isinstance(place.value, list):
            return [inner.meaning(within, spent) for inner in place.items()]
        return place.value


def plain(value: Any) -> Any:
    """A text as people read it: white space does not count."""
    return " ".join(value.split()) if isinstance(value, str) else value


def canonical(value: Any) -> str:
    """One text for one JSON value: true is not 1, but 1.0 is."""
    return json.dumps(_integral(value), sort_keys=True, default=str)


def _integral(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _integral(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_integral(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
