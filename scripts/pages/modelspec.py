"""A model's part of a page as an OpenAPI document, to compare one with another.

Only what is taken from a page can change; the envelope around it is not the model's.
"""

from typing import Any

from imagen4.facts.protocol import CREATE_PATH, INPUT, MODEL
from pages.envelope import ModelPage, read_model
from pages.errors import MEND, PageError
from pages.reader import Page
from pages.yamltext import load_yaml

Document = dict[str, Any]


def load_model(text: str) -> ModelPage | None:
    """What a file in specs/models/ holds; None when the text is something else."""
    if "\nmodel: " not in text or "\nopenapi: " in text:
        return None
    content = load_yaml(text)
    if content.keys() != {MODEL, "summary", INPUT}:
        return None
    return ModelPage(**content, left_out=())


def of_page(document: Document, model: str) -> ModelPage:
    """A page's part for a model, wherever the page says its server is."""
    servers = document.get("servers") or ()
    if not servers:
        raise PageError("the page names no server", MEND)
    return read_model(document, str(servers[0].get("url", "")).rstrip("/"), model)


def words_beside(page: Page) -> str:
    """What a page tells people beside its model: around the document, and of the operation."""
    item = page.document["paths"].get(CREATE_PATH) or {}
    return f"{page.around}\n{(item.get('post') or {}).get('description', '')}"


def as_document(found: ModelPage) -> Document:
    """The model's part as a document with one operation."""
    fields = {MODEL: {"type": "string", "enum": [found.model]}, INPUT: found.input}
    schema = {"type": "object", "properties": fields}
    body = {"content": {"application/json": {"schema": schema}}}
    operation = {"summary": found.summary, "requestBody": body, "responses": {}}
    return {"openapi": "3.0.0", "paths": {CREATE_PATH: {"post": operation}}}
