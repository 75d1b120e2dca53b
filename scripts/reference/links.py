"""Whether what pages and docstrings point to is there: links, anchors, and names in backticks."""

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from pkgutil import resolve_name
from typing import NamedTuple
from urllib.parse import urlsplit

from pdoc.doc import Module

from reference.pages import ROOT

NAME = re.compile(r"`([A-Za-z_]\w*(?:\.\w+)+)(?:\([^`]*\))?`")
MARKDOWN_LINK = re.compile(r"\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]+))?\)")
HEADING = re.compile(r"^#+ +(.*)", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


class Anchors(HTMLParser):
    """What a page can be entered at, and where it leads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.add(value)
            if name == "href" and value and tag == "a":
                self.links.append(value)


class Broken(NamedTuple):
    """A reference that leads nowhere."""

    where: Path
    target: str

    def __str__(self) -> str:
        return f"{self.where}: {self.target} leads nowhere"


def broken_html_links(folder: Path) -> Iterator[Broken]:
    """Links between the pages of a folder, to anchors in them, and fences that were not read."""
    texts = {path: path.read_text(encoding="utf-8") for path in folder.rglob("*.html")}
    yield from (Broken(path.relative_to(folder), "```") for path in texts if "```" in texts[path])
    pages = {path: Anchors(text) for path, text in texts.items()}
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            target = (path.parent / parts.path).resolve() if parts.path else path
            known = target in pages and (not parts.fragment or parts.fragment in pages[target].ids)
            if not parts.scheme and not known:
                yield Broken(path.relative_to(folder), link)


def broken_markdown_links(root: Path = ROOT) -> Iterator[Broken]:
    """Links to files of the project and to headings, as GitHub names their anchors."""
    for page in hand_written_pages(root):
        for found in MARKDOWN_LINK.finditer(page.read_text(encoding="utf-8")):
            target = (page.parent / found[1]).resolve() if found[1] else page
            if not target.exists() or (found[2] and found[2] not in _anchors(target)):
                yield Broken(page.relative_to(root), found[0][2:-1])


def broken_names(modules: Mapping[str, Module], root: Path = ROOT) -> Iterator[Broken]:
    """`Class.method`, `instance.method` and `imagen4.module` of ours, wherever that is written."""
    code = sorted((root / "wrapper" / "imagen4").rglob("*.py"))
    texts = {path: path.read_text(encoding="utf-8") for path in [*hand_written_pages(root), *code]}
    used = "".join(texts[path] for path in code)
    for path, text in texts.items():
        for name in dict.fromkeys(NAME.findall(FENCE.sub("", text))):
            # What the code spells out is a name, too, such as that of a metric.
            if not _resolves(name, modules) and f'"{name}"' not in used:
                yield Broken(path.relative_to(root), f"`{name}`")


def hand_written_pages(root: Path = ROOT) -> list[Path]:
    return sorted([*root.glob("*.md"), *(root / "wrapper").rglob("*.md")])


def _anchors(page: Path) -> set[str]:
    headings = HEADING.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def _resolves(name: str, modules: Mapping[str, Module]) -> bool:
    """Whether a name is documented. One that does not begin like one of ours is nobody's here."""
    first, _, rest = name.partition(".")
    package = modules["imagen4"]
    if first == "imagen4":
        return package.get(rest) is not None or _can_be_imported(name)
    ours = [each for each in (first, first.capitalize()) if each in package.obj.__all__]
    known = [f"{each}.{rest}" for each in ours]
    return not known or any(
        package.get(each) is not None or _can_be_imported(f"imagen4.{each}") for each in known
    )


def _can_be_imported(name: str) -> bool:
    try:
        resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True
