"""Pages of the made-up market's models on the servers of a known gateway, and ways to vary them."""

import copy
from collections.abc import Callable
from typing import Any

from market import samples
from market.writer import write

Document = dict[str, Any]
Change = Callable[[Document], object]
MODEL = "lab/picture"
ENVELOPE = "Answer"


def document(change: Change | None = None) -> Document:
    """The market's document as kie would publish it, changed."""
    made = samples.document()
    made["servers"] = [{"url": "https://api.kie.ai"}]
    if change is not None:
        change(made)
    return made


def page(change: Change | None = None) -> bytes:
    """The same as a page."""
    return samples.apidog(write(document(change))).encode()


def post(made: Document) -> Document:
    """The operation."""
    found: Document = made["paths"][samples.CREATE]["post"]
    return found


def media(made: Document) -> Document:
    """The body as JSON: schema and examples."""
    found: Document = post(made)["requestBody"]["content"]["application/json"]
    return found


def fields(made: Document) -> Document:
    """The properties of the body."""
    found: Document = samples.body(made)["properties"]
    return found


def input_with(**properties: Any) -> Change:
    """A change that replaces the fields of `input`."""

    def change(made: Document) -> None:
        fields(made)["input"] = {"type": "object", "properties": copy.deepcopy(properties)}
        del media(made)["example"]

    return change


def setting(place: Callable[[Document], Document], **values: Any) -> Change:
    """A change that sets keys of a part of the document."""
    return lambda made: place(made).update(copy.deepcopy(values))


def without(place: Callable[[Document], Document], key: str) -> Change:
    """A change that takes a key out of a part of the document."""
    return lambda made: place(made).pop(key)


def answering(schema: Document) -> Change:
    """A change of the answer's schema; `data` and its example go with it."""

    def change(made: Document) -> None:
        answer = post(made)["responses"]["200"]["content"]["application/json"]
        answer["schema"] = schema
        del answer["example"]

    return change


def parameter(name: str, place: str, *, required: bool) -> Document:
    """A parameter of the operation."""
    return {"name": name, "in": place, "required": required, "schema": {"type": "string"}}
