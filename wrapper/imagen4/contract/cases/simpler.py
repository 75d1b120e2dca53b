"""Simpler creates than one that was refused, to see what of it is at fault."""

from __future__ import annotations

import unicodedata
from itertools import islice
from typing import TYPE_CHECKING, Any

from ...facts.protocol import INPUT
from .build import UNKNOWN, accepted_create, body
from .values import usual, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..document import Document
    from ..exchange import Case

MOST = 24
"""Requests for one that was refused."""


def simpler(document: Document, refused: dict[str, Any]) -> list[Case]:
    """The plainest create with one thing of the refused body: a field, or a kind of character.

    All of them are allowed if that body is.
    """
    plainest = body(document)
    outside = {name: refused[name] for name in refused.keys() - plainest.keys()}
    inside = {n: v for n, v in refused[INPUT].items() if plainest[INPUT].get(n) != v}
    if len(outside) + len(inside) > 1:
        bodies = [(plainest | {name: value}, name) for name, value in outside.items()]
        bodies += [(body(document, **{name: value}), name) for name, value in inside.items()]
        return [accepted_create(each, f"{_in_words(name)} alone") for each, name in bodies]
    known = document.input_fields
    texts = ((n, v) for n, v in inside.items() if n in known and isinstance(v, str))
    found = (case for name, text in texts for case in _by_character(document, name, text))
    return list(islice(found, MOST))


def _in_words(name: str) -> str:
    return "a field that the document does not have," if name == UNKNOWN else words(name)


def _by_character(document: Document, name: str, text: str) -> Iterator[Case]:
    """The first alone, then one of each kind that the usual text does not have, behind that."""
    plain = str(usual(document, name) or "")
    kinds = {_kind(each): each for each in text if not each.isascii() or not each.isalnum()}
    rarest_first = sorted(kinds.values(), key=str.isascii)
    others = (f"{plain} {each}" for each in rarest_first if each not in plain)
    for value in (text[:1], *others):
        if document.accepts(name, value):
            yield accepted_create(body(document, **{name: value}), f"{words(name)} {value!r}")


def _kind(character: str) -> object:
    """Itself, in ASCII; else what it is, and whether it takes two units of UTF-16."""
    if character.isascii():
        return character
    return unicodedata.category(character), ord(character) > 0xFFFF
