"""The vendored file: what was read, with a head that says where it is from."""

import os
import tempfile
from pathlib import Path

from imagen4.facts import GATEWAYS
from pages.captures import FROM_A_FILE, Capture, Captures
from pages.envelope import read_model
from pages.errors import unwritable
from pages.reader import Page
from pages.steps import undisturbed


def vendored_text(capture: Capture, page: Page) -> str:
    """The whole text of the vendored file: a gateway's document, or what is a model's own.

    Raises PageError when the page is not that of the capture's model.
    """
    found = read_model(page.document, GATEWAYS[capture.gateway].origin, capture.model)
    if capture.key == capture.gateway:
        return _head(capture, page, f"{capture.gateway} documents", page.left_out) + page.yaml
    from pages.serialise import to_yaml  # late, as in pages.reader

    what = f"{capture.gateway} documents for {capture.model}, without what all its models share"
    content = {"model": found.model, "summary": found.summary, "input": found.input}
    return _head(capture, page, what, (*page.left_out, *found.left_out)) + to_yaml(content)


def _head(capture: Capture, page: Page, what: str, left_out: tuple[str, ...]) -> str:
    head = [
        f"What {what}. Written by scripts/vendor.py; never edited by hand.",
        f"page:     {FROM_A_FILE if capture.note == FROM_A_FILE else capture.url}",
        f"captured: specs/pages/{capture.file}",
        f"sha256:   {capture.sha256}",
        f"form:     {page.form}",
        *(f"left out: {item}" for item in left_out or ("nothing",)),
        *(f"changed:  {item}" for item in page.normalised),
    ]
    return "".join(f"# {line}\n" for line in head)


def write(captures: Captures, capture: Capture, data: bytes, text: str) -> None:
    """Write the vendored file, the captured page and its record."""
    files = {captures.specs / capture.spec: text.encode()}
    if captures.all().get(capture.key) != capture:
        files |= captures.files(capture, data)
    replace_files(files)


def replace_files(files: dict[Path, bytes]) -> None:
    """Write files so that each is the old or the new one, and no stop comes between them."""
    made: list[tuple[Path, Path]] = []
    try:
        for path, data in files.items():
            with undisturbed():
                made.append((_temporary(path), path))
            made[-1][0].write_bytes(data)
        with undisturbed():
            for temporary, path in made:
                temporary.replace(path)
    except OSError as error:
        raise unwritable(error) from None
    finally:
        with undisturbed():
            for temporary, _ in made:
                temporary.unlink(missing_ok=True)


def _temporary(path: Path) -> Path:
    """An empty file beside what it will replace."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    os.close(file)
    Path(name).chmod(0o644)
    return Path(name)
