"""The pages in Markdown as pdoc shows them: each is a module without code."""

import os
import re
from pathlib import Path
from types import ModuleType

from pdoc.doc import Module

ROOT = Path(__file__).resolve().parents[2]
REPOSITORY = "https://github.com/imagen4/imagen4/blob/main/"
PURPOSE = re.compile(r"(?<=^```python) \w+$", re.MULTILINE)
"""What a fence says to the tests; markdown2 takes no such fence for one."""
LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)#\s]*)")


def page_paths() -> dict[str, Path]:
    """Each page's name and file; the README is the index."""
    guide = sorted((ROOT / "wrapper" / "guide").glob("*.md"))
    return {"index": ROOT / "README.md"} | {f"guide.{path.stem}": path for path in guide}


def pages() -> dict[str, Module]:
    paths = page_paths()
    names = {path: name for name, path in paths.items()}
    return {name: Module(_module(name, path, names)) for name, path in paths.items()}


def _module(name: str, path: Path, names: dict[Path, str]) -> ModuleType:
    def led(found: re.Match[str]) -> str:
        target = (path.parent / found[1]).resolve()
        if target not in names:
            return REPOSITORY + target.relative_to(ROOT).as_posix()
        return os.path.relpath(html_of(names[target]), html_of(name).parent)

    text = PURPOSE.sub("", path.read_text(encoding="utf-8"))
    module = ModuleType(name, LINK.sub(led, text))
    module.__all__ = []  # type: ignore[attr-defined]  # pdoc's way to say: nothing further
    return module


def html_of(name: str) -> Path:
    return Path(name.replace(".", "/") + ".html")
