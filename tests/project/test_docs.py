"""The reference is made from what is written in one place, and broken references are found."""

import re
from inspect import getsource
from pathlib import Path

import pytest
from pdoc.doc import Module

from imagen4 import errors
from reference import links
from reference.errors_table import errors_table
from reference.modules import as_markdown, public_modules


@pytest.fixture(scope="module")
def modules() -> dict[str, Module]:
    return public_modules()


def test_every_error_says_when_it_is_raised_and_what_to_do() -> None:
    """A row a class, from its docstring; the exit codes are those of the command line."""
    rows = errors_table().splitlines()[2:]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    classes = re.findall(r"^class (\w+)\((?:\w+Error)\)", getsource(errors), re.MULTILINE)
    assert {row[0].strip("`") for row in cells} == set(classes)
    assert all(len(row) == 5 and all(row) for row in cells)
    assert ["`TaskTimeout`", "5"] in [[row[0], row[4]] for row in cells]


@pytest.mark.parametrize(
    ("name", "is_broken"),
    [
        ("`Client.generate`", False),
        ("`job.wait()`", False),
        ("`Imagen4Error.message`", False),
        ("`imagen4.events.Listener`", False),
        ("`somebody.elses`", False),
        ("`Client.generated`", True),
        ("`job.weight()`", True),
        ("`callbacks.parsed(body)`", True),
        ("`imagen4.nowhere`", True),
    ],
)
def test_a_name_in_backticks_that_looks_like_ours_is_there(
    modules: dict[str, Module], tmp_path: Path, name: str, is_broken: bool
) -> None:
    """Classes, modules, and instances called after their class."""
    (tmp_path / "README.md").write_text(f"See {name}.\n", encoding="utf-8")
    assert bool(list(links.broken_names(modules, tmp_path))) == is_broken


@pytest.mark.parametrize(
    ("link", "is_broken"),
    [
        ("[a](#two-words)", False),
        ("[a](other.md#here)", False),
        ("[a](https://example.com/nowhere)", False),
        ("[a](#three)", True),
        ("[a](other.md#there)", True),
        ("[a](another.md)", True),
    ],
)
def test_a_link_between_pages_leads_to_a_file_and_a_heading(
    tmp_path: Path, link: str, is_broken: bool
) -> None:
    """As GitHub names the anchors."""
    (tmp_path / "README.md").write_text(f"# Two words\n\n{link}\n", encoding="utf-8")
    (tmp_path / "other.md").write_text("## Here\n", encoding="utf-8")
    assert bool(list(links.broken_markdown_links(tmp_path))) == is_broken


def test_a_link_between_the_pages_that_are_made_leads_to_its_anchor(tmp_path: Path) -> None:
    """A file or an anchor that is not there is told with the page that names it."""
    (tmp_path / "one.html").write_text('<a href="two.html#here">a</a> <a href="#b">b</a>')
    (tmp_path / "two.html").write_text('<p id="here"> <a href="three.html">c</a>')
    broken = sorted(map(str, links.broken_html_links(tmp_path)))
    assert broken == ["one.html: #b leads nowhere", "two.html: three.html leads nowhere"]


def test_arguments_become_a_list() -> None:
    """What a docstring says of each argument is one item; what follows is a paragraph again."""
    text = "Do.\n\nprompt: what to\n    paint.\nseed, tag: more.\nReturns it."
    assert as_markdown(text) == (
        "Do.\n\n\n- **prompt**: what to\n    paint.\n- **seed, tag**: more.\n\nReturns it."
    )
