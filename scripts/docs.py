#!/usr/bin/env python3
"""Write the reference into .docs/: pages, public modules, and llms.txt; say which links are broken.

Exit codes: 0 done, 1 something leads nowhere. What pdoc warns of is an error.
"""

import set_up  # noqa: F401  # first: what follows is not in every Python

# isort: split
import shutil
import sys
import warnings
from pathlib import Path

import pdoc.render
from jinja2.runtime import Context
from jinja2.utils import pass_context
from pdoc.doc import Module

from reference.links import broken_html_links, broken_markdown_links, broken_names
from reference.llms import llms_text
from reference.modules import as_markdown, public_modules
from reference.pages import ROOT, html_of, pages

FOLDER = ROOT / ".docs"


@pass_context
def to_markdown(context: Context, docstring: str) -> str:
    """Pages are Markdown already; docstrings are the project's own form of it."""
    is_page = context["module"].source_file is None
    return docstring if is_page else as_markdown(docstring)


def write(folder: Path, modules: dict[str, Module]) -> None:
    pdoc.render.configure(docformat="markdown", show_source=False, search=False)
    pdoc.render.env.filters["to_markdown"] = to_markdown
    everything = {**pages(), **modules}
    for name, module in everything.items():
        file = folder / html_of(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(pdoc.render.html_module(module, everything), encoding="utf-8")
    (folder / "llms.txt").write_text(llms_text(modules), encoding="utf-8")


def main() -> int:
    warnings.simplefilter("error")
    modules = public_modules()
    shutil.rmtree(FOLDER, ignore_errors=True)
    write(FOLDER, modules)
    broken = [*broken_html_links(FOLDER), *broken_markdown_links(), *broken_names(modules)]
    print(*broken, sep="\n", file=sys.stderr)
    print(f"{FOLDER / 'index.html'}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
