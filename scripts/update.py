"""Take the gateways' pages of today: say what changed, regenerate, test. All or nothing.

    python scripts/update.py                  fetch the pages from where they are published
    python scripts/update.py --from DIR       take them from a folder (air-gapped; rehearsals)
    python scripts/update.py --markdown FILE  also write the report for a pull request

With --from, the folder holds the pages by gateway: kie.md, apikley.txt, ... (or by their
names in specs/pages); a gateway without a page there keeps its document.

Exit code: 0 done, nothing broke; 2 a change breaks clients (what is kept then: see --keep);
3 no page could be had, a page was refused, or a later step failed: nothing was changed.
"""

import argparse
import subprocess
import sys
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import changes as differ
from differences import Change, Grade, compare, verdict
from differences.report import as_markdown, as_text
from imagen4.facts import GATEWAYS
from pages.captures import FROM_A_FILE, Capture, Captures
from pages.errors import PageError
from pages.fetch import addresses, fetch
from pages.reader import Page, read_bytes, read_page
from pages.source import read_file
from pages.tracked import Tracked
from pages.vendored import replace_files, vendored_text

ROOT = Path(__file__).resolve().parents[1]
ERROR = 3
TESTS = ("-m", "pytest", "--quiet", "--numprocesses", "2", "-p", "no:cacheprovider")
_SUFFIXES = (".md", ".txt", ".html", ".yaml", ".yml", ".json")


class UpdateError(Exception):
    """Something stands in the way; the text is for the person at the terminal."""


class CurrentPage(NamedTuple):
    """A gateway's page of today."""

    capture: Capture
    data: bytes
    page: Page


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return _update(options)
    except (PageError, UpdateError) as error:
        print(f"update.py: {error}; nothing was changed", file=sys.stderr)
        return ERROR


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", 1)[0])
    parser.add_argument("--from", dest="folder", type=Path, help="take the pages from this folder")
    parser.add_argument("--markdown", type=Path, help="write the report to this file")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout to update")
    parser.add_argument(
        "--keep",
        action="store_true",
        help="after a breaking change, keep the new files even if a later step fails on them",
    )
    parser.add_argument("--no-tests", action="store_true", help="regenerate, but run no tests")
    return parser


def _update(options: argparse.Namespace) -> int:
    captures = Captures(options.root / "specs")
    found = _pages_of_today(captures, options.folder)
    changes = {name: _changes(captures, name, new.page) for name, new in found.items()}
    for name, differences in changes.items():
        print(f"{name}:\n{as_text(differences)}", flush=True)
    if options.markdown:
        report = "\n".join(as_markdown(differences, name) for name, differences in changes.items())
        options.markdown.write_text(report, encoding="utf-8")
    grade = verdict(chain.from_iterable(changes.values()))
    if all(captures.all()[name] == new.capture for name, new in found.items()):
        print("The pages are the ones that were captured.")
    else:
        _apply(options, captures, found, breaking=grade is Grade.BREAKING)
    return int(Grade.BREAKING) if grade is Grade.BREAKING else 0


def _pages_of_today(captures: Captures, folder: Path | None) -> dict[str, CurrentPage]:
    found = {}
    for gateway in GATEWAYS:
        known, _ = captures.recorded(gateway)
        try:
            new = _fetched(captures, known) if folder is None else _from(folder, captures, known)
        except PageError as error:
            raise PageError(f"the page of {gateway}: {error}") from None
        if new is not None:
            found[gateway] = new
    if not found:
        raise UpdateError(f"{folder} holds no page of a gateway")
    return found


def _fetched(captures: Captures, known: Capture) -> CurrentPage:
    """The page from where it is published; as HTML if it cannot be had or read as Markdown."""
    problem = PageError("no address is recorded")
    for url in addresses(known.url):
        try:
            data = fetch(url)
            suffix = ".html" if data.lstrip()[:1] == b"<" else ".md"
            capture = captures.new(known.gateway, data, suffix=suffix, url=known.url)
            return CurrentPage(capture, data, read_bytes(data, captures.sisters()))
        except PageError as error:
            problem = error
    raise problem


def _from(folder: Path, captures: Captures, known: Capture) -> CurrentPage | None:
    if not folder.is_dir():
        raise UpdateError(f"{folder} is not a folder")
    names = [f"{known.gateway}{suffix}" for suffix in _SUFFIXES] + [known.file]
    path = next((folder / name for name in names if (folder / name).is_file()), None)
    if path is None:
        return None
    data = read_file(path)
    capture = captures.new(known.gateway, data, suffix=path.suffix, note=FROM_A_FILE)
    return CurrentPage(capture, data, read_bytes(data, captures.sisters()))


def _changes(captures: Captures, gateway: str, page: Page) -> list[Change]:
    old = read_page(captures.specs / f"{gateway}.yaml")
    return compare(old.document, page.document)


def _apply(
    options: argparse.Namespace,
    captures: Captures,
    found: dict[str, CurrentPage],
    *,
    breaking: bool,
) -> None:
    """Write, regenerate and test; put everything back when one of these fails."""
    with Tracked(options.root, ("specs", "generated", "README.md")) as tracked:
        _write(captures, found)
        try:
            _run_step(options.root, "the overlays or the generator", "scripts/regenerate.py")
            readme = options.root / "README.md"
            replace_files({readme: differ.fresh_readme(options.root).encode()})
            if not options.no_tests:
                _run_step(options.root, "a test", *TESTS)
        except (UpdateError, PageError) as error:
            if not breaking:
                raise
            state = "the new files are kept" if options.keep else "nothing was changed"
            print(f"update.py: as the changes break clients, {error}; {state}", file=sys.stderr)
            if not options.keep:
                return
        tracked.keep()


def _write(captures: Captures, found: dict[str, CurrentPage]) -> None:
    for gateway, new in found.items():
        text = vendored_text(new.capture, new.page)
        files = {captures.specs / f"{gateway}.yaml": text.encode()}
        replace_files(files | captures.files(new.capture, new.data))


def _run_step(root: Path, what: str, *arguments: str) -> None:
    """Run a step with this Python; its output goes to the terminal."""
    if subprocess.run([sys.executable, *arguments], cwd=root, check=False).returncode:
        raise UpdateError(f"{what} failed on the new documents (see above)")


if __name__ == "__main__":
    sys.exit(main())
