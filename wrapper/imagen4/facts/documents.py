"""The gateways' OpenAPI documents, as scripts/regenerate.py leaves them beside the generated code.

vendored: what the page says. effective: with what the client has to survive. contract: with
what a server is held to.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, Literal, TypeAlias

GENERATED = "imagen4_generated"
Kind: TypeAlias = Literal["vendored", "effective", "contract"]


def document(gateway: str, kind: Kind) -> dict[str, Any]:
    """One of a known gateway's documents."""
    return read_document(f"{GENERATED}.{gateway}", kind)


def read_document(package: str, kind: Kind) -> dict[str, Any]:
    """A document of a generated package, whose code is not imported: it would load httpx."""
    parent, _, name = package.rpartition(".")
    found: dict[str, Any] = json.loads((files(parent) / name / f"{kind}.json").read_bytes())
    return found
