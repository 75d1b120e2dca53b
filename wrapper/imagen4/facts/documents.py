"""The gateways' OpenAPI documents, as scripts/regenerate.py leaves them beside the generated code.

vendored: what the page says. effective: with what the client has to survive. contract: with
what a server is held to.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, Literal

GENERATED = "imagen4_generated"


def document(gateway: str, kind: Literal["vendored", "effective", "contract"]) -> dict[str, Any]:
    """One of a gateway's documents. Reads a file; the generated code itself is not imported."""
    text = (files(GENERATED) / gateway / f"{kind}.json").read_bytes()
    content: dict[str, Any] = json.loads(text)
    return content
