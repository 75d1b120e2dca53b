"""A page with the pictures of a batch: one static file, which needs nothing from elsewhere."""

import os
from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from ..ledger import Row
from . import exits

HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>imagen4 batch</title>
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'">
<style>
body { font: 14px sans-serif; display: grid; gap: 1em;
  grid-template-columns: repeat(auto-fill, minmax(16em, 1fr)) }
article { border: 1px solid #ccc; padding: .5em; overflow-wrap: anywhere }
article.failed, article.refused { border-color: #c00 }
article.uncertain, article.sending { border-color: #e80 }
img { width: 100% }
</style></head><body>
"""


def write_index(folder: Path, rows: Sequence[Row]) -> None:
    """Every create of a ledger with its pictures. What the disk refuses is told, no more."""
    page = HEAD + "".join(map(article, rows, [folder] * len(rows))) + "</body></html>\n"
    part = folder / f".index-{os.getpid()}.part"
    try:
        part.write_text(page, encoding="utf-8", errors="xmlcharrefreplace")
        part.replace(folder / "index.html")
    except OSError as problem:
        exits.tell(f"index.html could not be written: {problem.strerror}")


def article(row: Row, folder: Path) -> str:
    """One create; whatever a prompt or a gateway says is text."""
    credits_ = row.estimate if row.charged is None else row.charged
    told = {
        "tag": row.tag,
        "model": row.model,
        "seed": row.seed,
        "credits": None if credits_ is None else f"{credits_:g}",
        "state": row.state,
        "reason": row.reason,
    }
    images = "".join(map(image, row.paths.values(), [folder] * len(row.paths)))
    lines = "".join(f"<div>{name}: {escape(text)}</div>" for name, text in told.items() if text)
    prompt = escape(str(row.fields.get("prompt", "")))
    return f'<article class="{row.state}">{images}<p>{prompt}</p>{lines}</article>\n'


def image(path: str, folder: Path) -> str:
    """By a relative link, so that the folder can be moved."""
    link = escape(quote(os.path.relpath(path, folder.absolute())))
    return f'<a href="{link}"><img src="{link}" alt="" loading="lazy"></a>'
