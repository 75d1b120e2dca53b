"""A gateway's OpenAPI document before overlays: our envelope, the page's server, model and input.

Where a page keeps the schema of an answer, and what it calls things, makes no difference to
what is generated.
"""

from copy import deepcopy
from typing import Any

from imagen4.facts.documents import body_media
from imagen4.facts.gateways import DEFAULT_MODEL
from imagen4.facts.protocol import CREATE_PATH, INPUT, MODEL
from pages.envelope import read_model

Document = dict[str, Any]


def based_on(envelope: Document, page: Document) -> Document:
    """The envelope, with what a gateway's own page says of its model.

    Raises PageError for a page that does not fit into it.
    """
    servers = page.get("servers") or [{"url": ""}]
    found = read_model(page, servers[0]["url"].rstrip("/"), DEFAULT_MODEL)
    first = {key: envelope[key] for key in ("openapi", "info")}
    base = {**first, "servers": servers, **deepcopy(envelope)}
    media = body_media(base)
    fields = media["schema"]["properties"]
    fields[MODEL] |= {"enum": [found.model], "default": found.model, "example": found.model}
    fields[INPUT] = found.input
    if found.example is not None:
        media["example"] = found.example
    base["paths"][CREATE_PATH]["post"]["summary"] = found.summary
    return base


def generalised(document: Document) -> Document:
    """The document as the generator sees it: any model, any input."""
    general = deepcopy(document)
    media = body_media(general)
    media.pop("example", None)
    fields = media["schema"]["properties"]
    fields[MODEL] = {"type": "string", "description": fields[MODEL].get("description", "")}
    fields[INPUT] = {"type": "object", "description": "The model's own fields."}
    general["paths"][CREATE_PATH]["post"]["summary"] = "Create a task for a model"
    return general
