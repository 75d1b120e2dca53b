"""References inside one page."""

from typing import Any
from urllib.parse import unquote

from pages.errors import AGAIN, MEND, PageError


def led_to(document: Any, ref: str) -> Any:
    """What a reference of a document leads to; LookupError where that is nothing in it."""
    found = document
    root, *steps = ref.split("/")
    for step in steps if root == "#" else ["not on this page"]:
        key = unquote(step).replace("~1", "/").replace("~0", "~")
        if isinstance(found, list):
            found = {str(number): item for number, item in enumerate(found)}
        if not isinstance(found, dict) or key not in found:
            raise LookupError(ref)
        found = found[key]
    return found


class Components:
    """What the references of a document lead to."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document: Any = document

    def target(self, node: dict[str, Any], where: str) -> tuple[str, Any]:
        """The reference of a node and what it leads to; PageError when that is nothing."""
        ref = str(node["$ref"])
        try:
            return ref, led_to(self._document, ref)
        except LookupError:
            raise PageError(f"{where}: {ref[:80]} leads to nothing on the page", AGAIN) from None

    def follow(self, node: Any, where: str) -> Any:
        """The node itself, or what its references lead to in the end."""
        seen: set[str] = set()
        while isinstance(node, dict) and "$ref" in node:
            ref, node = self.target(node, where)
            if ref in seen:
                raise PageError(f"{where} refers to itself: {ref[:80]}", MEND)
            seen.add(ref)
        return node
