"""Say what changed between two documents, and whether it breaks a client.

    python scripts/changes.py OLD NEW             spec files or documentation pages; next to a
                                                  file of specs/models, a page's model alone
    python scripts/changes.py OLD NEW --json
    python scripts/changes.py OLD NEW --markdown  for a pull request
    python scripts/changes.py --gateways          the guide's comparison of the gateways
    python scripts/changes.py --models            the guide's table of the models
    python scripts/changes.py --write-tables      the guide's page with both tables as they are now
    python scripts/changes.py --check-tables      fail when one of them is stale

Exit code: 0 nothing or cosmetic, 1 compatible changes, 2 breaking ones, 3 an error
(for --check-tables: 0 up to date, 1 stale).
"""

import set_up  # first: what follows is not in every Python

# isort: split
import argparse
import sys
from pathlib import Path
from typing import NoReturn

import guide_tables
from differences import Change, compare, verdict
from differences.report import as_json, as_markdown, as_text
from pages.captures import Captures
from pages.errors import PageError
from pages.modelspec import as_document, load_model, of_page, words_beside
from pages.reader import read_page
from pages.source import decode, read_file
from pages.vendored import replace_files

ROOT = set_up.ROOT
ERROR = 3


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are not taken for breaking changes."""

    def error(self, message: str) -> NoReturn:
        self.exit(ERROR, f"changes.py: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return _run(parser, options)
    except PageError as error:
        print(f"changes.py: {error}", file=sys.stderr)
        return ERROR


def _parser() -> _Parser:
    parser = _Parser(description=(__doc__ or "").split("\n\n", 1)[0])
    parser.add_argument("old", nargs="?", type=Path)
    parser.add_argument("new", nargs="?", type=Path)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="for machines")
    form.add_argument("--markdown", action="store_true", help="for a pull request")
    form.add_argument("--gateways", action="store_true", help="the guide's comparison table")
    form.add_argument("--models", action="store_true", help="the guide's table of the models")
    form.add_argument("--write-tables", action="store_true", help="write the guide's tables anew")
    form.add_argument("--check-tables", action="store_true", help="are the guide's tables fresh?")
    return parser


def _run(parser: _Parser, options: argparse.Namespace) -> int:
    for name, table in guide_tables.TABLES.items():
        if getattr(options, name):
            print(table(ROOT), end="")
            return 0
    if options.write_tables:
        replace_files({ROOT / guide_tables.PAGE: guide_tables.fresh_page(ROOT).encode()})
        return 0
    if options.check_tables:
        return _check_tables(ROOT)
    if options.old is None or options.new is None:
        parser.error("two documents are needed: OLD NEW")
    changes = between(options.old, options.new)
    print(_rendered(changes, options), end="")
    return int(verdict(changes))


def between(old: Path, new: Path) -> list[Change]:
    """The changes between two spec files or pages; of models only where one is a model's."""
    models = [load_model(_text(path)) for path in (old, new)]
    model = next((found.model for found in models if found), None)
    (before, here), (after, there) = (_document(path, model) for path in (old, new))
    return compare(before, after, (here, there))


def _document(path: Path, model: str | None) -> tuple[dict[str, object], str]:
    """A document, and what stands around it on its page."""
    try:
        own = load_model(_text(path))
        if own is not None:
            return as_document(own), ""
        page = read_page(path, Captures(ROOT / "specs").sisters())
        if model is not None:
            return as_document(of_page(page.document, model)), words_beside(page)
    except PageError as error:
        raise error.at(str(path)) from None
    return page.document, page.around


def _text(path: Path) -> str:
    try:
        return decode(read_file(path))
    except PageError as error:
        raise error.at(str(path)) from None


def _rendered(changes: list[Change], options: argparse.Namespace) -> str:
    if options.json:
        return as_json(changes) + "\n"
    if options.markdown:
        return as_markdown(changes, f"{options.old.name} → {options.new.name}")
    return as_text(changes)


def _check_tables(root: Path) -> int:
    page = root / guide_tables.PAGE
    if page.read_text(encoding="utf-8") == guide_tables.fresh_page(root):
        return 0
    print(f"{guide_tables.PAGE}: a table is stale: changes.py --write-tables writes both anew")
    return 1


if __name__ == "__main__":
    sys.exit(main())
