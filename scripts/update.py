"""Take the gateways' pages of today: say what changed, regenerate, test. All or nothing.

    python scripts/update.py                  fetch the pages from where they are published
    python scripts/update.py --from DIR       take them from a folder (air-gapped; tests)
    python scripts/update.py --markdown FILE  also write the report of a pull request

With --from, the folder holds the pages by gateway: kie.md, apikley.txt, ... (or by the
names in specs/pages); a gateway without a page there keeps its document.

Exit code: 0 nothing or cosmetic, 1 compatible changes, 2 breaking ones: the files are
updated and the tests are green; for 2, the tests may be red, and then nothing is changed.
3: no page could be had, a page was refused, or something failed: nothing is changed.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from differences import Change, Grade, compare, verdict
from differences.report import as_markdown, as_text
from pages.captures import FROM_A_FILE, Capture, Captures
from pages.errors import PageError
from pages.fetch import addresses, fetch, fetch_first
from pages.reader import Page, read_bytes, read_page
from pages.source import read_file
from pages.tracked import Tracked
from pages.vendored import replace_files, vendored_text

ROOT = Path(__file__).resolve().parents[1]
GATEWAYS = ("kie", "apikley")
ERROR = 3
_SUFFIXES = (".md", ".txt", ".html", ".yaml", ".yml", ".json")


class UpdateError(Exception):
    """Something stands in the way; the text is for the person at the terminal."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return _update(options)
    except (PageError, UpdateError) as error:
        print(f"update.py: {error}\nupdate.py: nothing was changed", file=sys.stderr)
        return ERROR


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", 1)[0])
    parser.add_argument("--from", dest="folder", type=Path, help="take the pages from this folder")
    parser.add_argument("--markdown", type=Path, help="write the report to this file")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout to update")
    parser.add_argument("--no-tests", action="store_true", help="regenerate, but run no tests")
    return parser


def _update(options: argparse.Namespace) -> int:
    captures = Captures(options.root / "specs")
    pages = {name: _new_page(captures, name, options.folder) for name in GATEWAYS}
    found = {name: page for name, page in pages.items() if page is not None}
    if not found:
        raise UpdateError(f"no page of a gateway in {options.folder}")
    changes = {name: _changes(captures, name, page) for name, (_, _, page) in found.items()}
    report = "\n".join(as_markdown(changes[name], name) for name in changes)
    for name in changes:
        print(f"{name}:\n{as_text(changes[name])}")
    if options.markdown:
        options.markdown.write_text(report, encoding="utf-8")
    _apply(options, captures, found, verdict(sum(changes.values(), [])))
    return int(verdict(sum(changes.values(), [])))


_Found = tuple[Capture, bytes, Page]


def _new_page(captures: Captures, gateway: str, folder: Path | None) -> _Found | None:
    """Today's page of a gateway, read; None when a folder has none."""
    known, _ = captures.recorded(gateway)
    if folder is None:
        data = fetch_first(addresses(known.url), fetch)
        suffix = ".html" if data.lstrip()[:1] == b"<" else ".md"
        capture = captures.new(gateway, data, suffix=suffix, url=known.url)
    else:
        path = _in_folder(folder, known)
        if path is None:
            return None
        data = read_file(path)
        capture = captures.new(gateway, data, suffix=path.suffix, note=FROM_A_FILE)
    try:
        return capture, data, read_bytes(data)
    except PageError as error:
        raise PageError(f"the page of {gateway} is refused: {error}") from None


def _in_folder(folder: Path, known: Capture) -> Path | None:
    if not folder.is_dir():
        raise UpdateError(f"{folder} is not a folder")
    names = [f"{known.gateway}{suffix}" for suffix in _SUFFIXES] + [known.file]
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _changes(captures: Captures, gateway: str, page: Page) -> list[Change]:
    old = read_page(captures.specs / f"{gateway}.yaml")
    return compare(old.document, page.document)


def _apply(
    options: argparse.Namespace, captures: Captures, found: dict[str, _Found], grade: Grade
) -> None:
    """Write, regenerate and test; put everything back when one of them fails."""
    root = options.root
    with Tracked(root, ("specs", "generated")) as tracked:
        for name, (capture, data, page) in found.items():
            text = vendored_text(capture, page)
            files = {captures.specs / f"{name}.yaml": text.encode()}
            replace_files(files | captures.files(capture, data))
        _run(root, "the overlays or the generator", "scripts/regenerate.py")
        if not options.no_tests:
            try:
                _run(root, "the tests", "-m", "pytest", "--quiet", "-x", "-p", "no:cacheprovider")
            except UpdateError:
                if grade is not Grade.BREAKING:
                    raise
                print("update.py: the tests fail, as breaking changes make them", file=sys.stderr)
                return
        tracked.keep()


def _run(
    root: Path,
    what: str,
    *arguments: str,
    run: Callable[..., "subprocess.CompletedProcess[bytes]"] = subprocess.run,
) -> None:
    if run([sys.executable, *arguments], cwd=root, check=False).returncode:
        raise UpdateError(f"{what} failed on the new documents, see above")


if __name__ == "__main__":
    sys.exit(main())
