"""What became of a document that was flattened and read again: exact, refused or wrong."""

from collections.abc import Sequence
from typing import Any

from pages.errors import PageError
from pages.reader import read_bytes

PROSE = ("description", "summary", "title")


def outcome(document: dict[str, Any], flat: str, sisters: Sequence[str]) -> str:
    """Read the flattened text beside its sisters, and compare it with what it was made from."""
    try:
        recovered = read_bytes(flat.encode(), sisters).document
    except PageError:
        return "refused"
    return "exact" if without_space(recovered) == without_space(document) else "wrong"


def without_space(node: Any, key: str = "") -> Any:
    """The document with white space in prose reduced to single blanks."""
    if isinstance(node, dict):
        return {name: without_space(value, name) for name, value in node.items()}
    if isinstance(node, list):
        return [without_space(item) for item in node]
    return " ".join(node.split()) if key in PROSE and isinstance(node, str) else node
