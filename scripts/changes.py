"""Say what changed between two OpenAPI documents, and whether it breaks a client.

    python scripts/changes.py OLD NEW             spec files or documentation pages
    python scripts/changes.py OLD NEW --json
    python scripts/changes.py OLD NEW --markdown  for a pull request
    python scripts/changes.py --gateways          README's comparison of the gateways
    python scripts/changes.py --check-readme      fail when README's comparison is stale

Exit code: 0 nothing or cosmetic, 1 compatible changes, 2 breaking ones, 3 an error
(for --check-readme: 0 up to date, 1 stale).
"""

import argparse
import sys
from pathlib import Path
from typing import NoReturn

from differences import Change, compare, verdict
from differences.report import as_json, as_markdown, as_table, as_text
from pages.captures import Captures
from pages.errors import PageError
from pages.reader import read_page

ROOT = Path(__file__).resolve().parents[1]
BEGIN = "<!-- gateways:begin -->\n"
END = "<!-- gateways:end -->"
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
    form.add_argument("--gateways", action="store_true", help="README's comparison table")
    form.add_argument("--check-readme", action="store_true", help="is README's table up to date?")
    return parser


def _run(parser: _Parser, options: argparse.Namespace) -> int:
    if options.gateways:
        print(gateways_table(ROOT), end="")
        return 0
    if options.check_readme:
        return _check_readme(ROOT)
    if options.old is None or options.new is None:
        parser.error("two documents are needed: OLD NEW")
    changes = between(options.old, options.new)
    print(_rendered(changes, options), end="")
    return int(verdict(changes))


def between(old: Path, new: Path) -> list[Change]:
    """The changes between two spec files or pages."""
    return compare(_document(old), _document(new))


def _document(path: Path) -> dict[str, object]:
    try:
        return read_page(path, Captures(ROOT / "specs").sisters()).document
    except PageError as error:
        raise PageError(f"{path}: {error}") from None


def _rendered(changes: list[Change], options: argparse.Namespace) -> str:
    if options.json:
        return as_json(changes) + "\n"
    if options.markdown:
        return as_markdown(changes, f"{options.old.name} → {options.new.name}")
    return as_text(changes)


def gateways_table(root: Path) -> str:
    """The table of what differs between the gateways' documents."""
    specs = root / "specs"
    return as_table(between(specs / "kie.yaml", specs / "apikley.yaml"), "kie", "apikley")


def fresh_readme(root: Path) -> str:
    """README's text with the comparison of the gateways as it is now."""
    text = (root / "README.md").read_text(encoding="utf-8")
    before, begun, rest = text.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not begun or not ended:
        raise PageError(f"README.md has no {BEGIN.strip()} ... {END}")
    return f"{before}{begun}{gateways_table(root)}{ended}{after}"


def _check_readme(root: Path) -> int:
    if (root / "README.md").read_text(encoding="utf-8") == fresh_readme(root):
        return 0
    print("README.md: the comparison of the gateways is stale: changes.py --gateways prints it")
    return 1


if __name__ == "__main__":
    sys.exit(main())
