"""Guards the page that shows a batch: everything is on it, and nothing in it is more than text."""

import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from cli.conftest import Run
from cli.invoking import at
from imagen4.sandbox import Sandbox

EVIL = "<script>alert(1)</script>\"' onerror=x &amp;"


class Page(HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_shows_every_line_and_runs_nothing(
    sandbox: Sandbox, imagen4: Callable[..., Run], tmp_path: Path
) -> None:
    """Pictures by relative links; a failed and an uncertain row; prompts are escaped."""
    rows = [{"prompt": f"{EVIL} {number}", "tag": f"<b>{number}"} for number in range(3)]
    file = tmp_path / "list.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    sandbox.fault("reset", times=1)
    sandbox.fault("fail", times=2)  # the create that is reset takes one of them
    folder = tmp_path / "out"
    done = imagen4(
        "batch",
        str(file),
        *at(sandbox, "kie"),
        "-o",
        str(folder),
        "--name",
        "# {line}-{index}.{ext}",
    )
    assert done.code == 6
    page = Page((folder / "index.html").read_text(encoding="utf-8"))
    assert page.text.count(EVIL) == 3
    states = [given["class"] for tag, given in page.tags if tag == "article"]
    assert sorted(states) == ["failed", "saved", "uncertain"]
    (picture,) = [given["src"] for tag, given in page.tags if tag == "img"]
    assert (folder / unquote(picture)).exists()
    assert {tag for tag, _ in page.tags} <= {
        *("html", "head", "meta", "title", "style", "body"),
        *("article", "a", "img", "p", "div"),
    }
