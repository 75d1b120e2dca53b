"""The gateways' OpenAPI documents, as scripts/regenerate.py leaves them beside the generated code.

vendored: what the page says. effective: with what the client has to survive. contract: with
what a server is held to. The files are those of the default model; another model's document is
the same with its name and its `input`.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from .gateways import DEFAULT_MODEL
from .models import catalogue, input_schema
from .protocol import CREATE_PATH, INPUT, MODEL

if TYPE_CHECKING:
    from collections.abc import Mapping

GENERATED = "imagen4_generated"
Kind: TypeAlias = Literal["vendored", "effective", "contract"]


def document(gateway: str, kind: Kind, model: str = DEFAULT_MODEL) -> dict[str, Any]:
    """One of a known gateway's documents, for one of its models. KeyError: not vendored."""
    package = f"{GENERATED}.{gateway}"
    found = read_document(package, kind)
    if model != DEFAULT_MODEL:
        _change_model(found, model, input_schema(package, model))
        operation = found["paths"][CREATE_PATH]["post"]
        operation["summary"] = catalogue(package)[model].summary
    return found


def read_document(package: str, kind: Kind) -> dict[str, Any]:
    """A document of a generated package, whose code is not imported: it would load httpx."""
    parent, _, name = package.rpartition(".")
    found: dict[str, Any] = json.loads((files(parent) / name / f"{kind}.json").read_bytes())
    return found


def body_media(document: dict[str, Any]) -> dict[str, Any]:
    """The JSON body of createTask in a document: its schema, and an example if there is one."""
    post = document["paths"][CREATE_PATH]["post"]
    media: dict[str, Any] = post["requestBody"]["content"]["application/json"]
    return media


def _change_model(document: dict[str, Any], model: str, schema: Mapping[str, Any]) -> None:
    media = body_media(document)
    media.pop("example", None)
    media.pop("examples", None)
    fields = media["schema"]["properties"]
    fields[MODEL] = {"type": "string", "enum": [model], "default": model, "example": model}
    fields[INPUT] = dict(schema)
