"""Read one page: bytes in, a checked document and its YAML out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pages.check import must_be_openapi
from pages.errors import PageError
from pages.forms import Extract, extract
from pages.html import is_html
from pages.normalise import normalise
from pages.prose import DESTROYED, around
from pages.source import decode, read_file
from pages.yamltext import Document, full_width, load_json, load_yaml


@dataclass(frozen=True)
class Page:
    """What a page says: the OpenAPI document, and how it came to be.

    ``document`` is normalised and valid OpenAPI. ``left_out`` names what of the page
    could not be known, ``normalised`` the rules that changed its form. ``around``: the other
    words on a page of text; those of HTML are its site's, and change every day.
    """

    document: Document
    yaml: str
    form: str
    left_out: tuple[str, ...]
    normalised: tuple[str, ...]
    around: str


def read_page(path: Path, sisters: Sequence[str] = ()) -> Page:
    """Read a page from a file; PageError is one line that says why it is refused."""
    return read_bytes(read_file(path), sisters)


def read_bytes(data: bytes, sisters: Sequence[str] = ()) -> Page:
    """Read a page from its bytes."""
    text = decode(data)
    found = extract(text, sisters)
    # Imported late: a page that is refused above should not wait for these.
    from pages.conform import must_conform
    from pages.serialise import to_yaml

    raw = load_json(found.text) if found.json else load_yaml(found.text)
    document = raw
    changes = normalise(document)
    try:
        must_be_openapi(document)
    except PageError as error:
        raise PageError(error.reason + full_width(found.text), error.way_out) from None
    if "flattened" in found.form:
        must_conform(document)
    return Page(
        document=document,
        yaml=to_yaml(document, "" if found.json else found.text),
        form=found.form,
        left_out=(*found.left_out, *_damaged(found)),
        normalised=tuple(changes),
        around="" if is_html(text) else around(text, found.text),
    )


def _damaged(found: Extract) -> list[str]:
    count = len(DESTROYED.findall(found.text))
    return [f"{count} address(es) inside texts, destroyed by e-mail obfuscation"] if count else []


__all__ = ["Page", "PageError", "read_bytes", "read_page"]
