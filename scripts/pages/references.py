"""References inside one page."""

from typing import Any
from urllib.parse import unquote

from pages.errors import AGAIN, MEND, PageError


class Components:
    """What the references of a document lead to."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document: Any = document

    def target(self, node: dict[str, Any], where: str) -> tuple[str, Any]:
        """The reference of a node and what it leads to; PageError when that is nothing."""
        ref, found = str(node["$ref"]), self._document
        root, *steps = ref.split("/")
        try:
            for step in steps if root == "#" else ["not on this page"]:
                key = unquote(step).replace("~1", "/").replace("~0", "~")
                found = found[int(key)] if isinstance(found, list) else found[key]
        except (LookupError, ValueError, TypeError):
            raise PageError(f"{where}: {ref[:80]} leads to nothing on the page", AGAIN) from None
        return ref, found

    def follow(self, node: Any, where: str) -> Any:
        """The node itself, or what its references lead to in the end."""
        seen: set[str] = set()
        while isinstance(node, dict) and "$ref" in node:
            ref, node = self.target(node, where)
            if ref in seen:
                raise PageError(f"{where} refers to itself: {ref[:80]}", MEND)
            seen.add(ref)
        return node
