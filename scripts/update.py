"""Take today's pages of gateways and models: say what changed, regenerate, test.

    python scripts/update.py                  fetch the pages from where they are published
    python scripts/update.py --from DIR       take them from a folder (air-gapped; rehearsals)
    python scripts/update.py --markdown FILE  also write the report for a pull request

With --from, the folder holds pages by name: kie.md, apikley.txt, kie/google--nano-banana.md, ...
(or as in specs/pages); what has no page there stays as it is.

All or nothing: a gateway's page that is refused, or a later step that fails, changes nothing.
What is new is made in a copy beside the folders and takes their place by renaming, so that they
are whole even if this is killed.
A model's page that is refused leaves that model as it was, and the others go on.

With --keep, for a pull request: what a later step failed on stays, and a page that was refused is
laid in specs/pages/refused/; the report says why.

Exit code: 0 done, nothing broke; 2 a change breaks clients (what is kept then: see --keep);
4 as 0, but for the models that are named as left; 3 no page could be had, a gateway's page was
refused, or a later step failed: nothing was changed; 5 with --keep, a later step failed;
128 + a signal that stopped it: as 3.
"""

import set_up  # first: what follows is not in every Python

# isort: split
import argparse
import sys
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import guide_tables
from differences import Change, Grade, compare, verdict
from differences.report import as_items, as_markdown, as_text
from imagen4.facts import GATEWAYS
from pages.captures import FROM_A_FILE, Capture, Captures
from pages.errors import FILE, PageError
from pages.fetch import addresses, fetch
from pages.modelspec import as_document, load_model, of_page, words_beside
from pages.reader import Page, read_bytes, read_page
from pages.source import decode, read_file
from pages.staged import Staged
from pages.steps import StoppedError, run_step, stoppable
from pages.vendored import replace_files, vendored_text

ROOT = set_up.ROOT
ERROR = 3
LEFT = 4
KEPT = 5
GENERATOR = "scripts/regenerate.py"
TESTS = ("-m", "pytest", "--quiet", "--numprocesses", "2", "-p", "no:cacheprovider")
_SUFFIXES = (".md", ".txt", ".html", ".yaml", ".yml", ".json")
_PAGES = (*_SUFFIXES, ".markdown", ".mdx", ".htm")


class UpdateError(Exception):
    """Something stands in the way; the text is for the person at the terminal."""


class RefusedError(PageError):
    """A page that was had, but cannot be taken over."""

    def __init__(self, reason: PageError, capture: Capture, data: bytes) -> None:
        super().__init__(reason.reason, reason.way_out)
        self.capture, self.data = capture, data


class CurrentPage(NamedTuple):
    """A page of today."""

    capture: Capture
    data: bytes
    page: Page


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        with stoppable():
            return _update(options)
    except (PageError, UpdateError, StoppedError, OSError) as error:
        but = " but specs/pages/refused" if options.keep else ""
        print(f"update.py: {error}; nothing{but} was changed", file=sys.stderr)
        if options.keep:
            _report(options, [f"Refused: {error}"])
        return error.exit_code if isinstance(error, StoppedError) else ERROR


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", 1)[0])
    parser.add_argument("--from", dest="folder", type=Path, help="take the pages from this folder")
    parser.add_argument("--markdown", type=Path, help="write the report to this file")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout to update")
    parser.add_argument(
        "--keep",
        action="store_true",
        help="keep the new files even if a later step fails on them, and pages that are refused",
    )
    parser.add_argument("--no-tests", action="store_true", help="regenerate, but run no tests")
    return parser


def _update(options: argparse.Namespace) -> int:
    captures = Captures(options.root / "specs")
    found, left = _pages_of_today(captures, options.folder, keep=options.keep)
    changes = {name: _changes(captures, new) for name, new in found.items()}
    for name, differences in changes.items():
        print(f"{name}:\n{as_text(differences)}", flush=True)
    for line in left:
        print(f"update.py: {line}", file=sys.stderr)
    sections = [as_markdown(differences, name) for name, differences in changes.items()]
    _report(options, left, *sections)
    grade = verdict(chain.from_iterable(changes.values()))
    failure = ""
    if all(captures.all()[name] == new.capture for name, new in found.items()):
        print("The pages are the ones that were captured.")
    else:
        failure = _apply(options, found, breaking=grade is Grade.BREAKING)
    if failure:
        _report(options, [f"Refused: {failure}", *left], *sections)
    if grade is Grade.BREAKING:
        return int(grade)
    return KEPT if failure else LEFT if left else 0


def _report(options: argparse.Namespace, lines: list[str], *sections: str) -> None:
    """Write the report for a pull request, if one is asked for."""
    if options.markdown:
        text = "\n".join([*as_items(lines), *sections])
        options.markdown.write_text(text, encoding="utf-8")


def _pages_of_today(
    captures: Captures, folder: Path | None, *, keep: bool
) -> tuple[dict[str, CurrentPage], list[str]]:
    """The pages by key, and a line for each model whose page was refused."""
    found, left = {}, []
    for key in captures.all():
        known, _ = captures.recorded(key)
        try:
            new = _fetched(captures, known) if folder is None else _from(folder, captures, known)
        except PageError as error:
            if keep and isinstance(error, RefusedError) and b"openapi" in error.data:
                replace_files({captures.refused_file(error.capture): error.data})
            if known.key == known.gateway:
                raise error.at(f"the page of {key}") from None
            left.append(f"{key} stays as it is: {error}")
            continue
        if new is not None:
            found[key] = new
    left += _unknown(folder, captures) if folder else []
    if not found:
        raise UpdateError(
            "; ".join([f"{folder} holds no page by a name such as kie.md", *left[:1]])
        )
    return found, left


def _unknown(folder: Path, captures: Captures) -> list[str]:
    """A line for each page in the folder, or among a gateway's models, by none of their names."""
    known = {name for capture in captures.all().values() for name in _names(capture)}
    pages = [path for path in sorted(folder.glob("*.*")) if path.suffix.lower() in _PAGES]
    models = (path for name in GATEWAYS for path in sorted((folder / name).glob("*.*")))
    return [
        f"{name!r} is no known page: `vendor.py GATEWAY FILE --model NAME` takes a new model's"
        for name in (path.relative_to(folder).as_posix() for path in (*pages, *models))
        if name not in known
    ]


def _fetched(captures: Captures, known: Capture) -> CurrentPage:
    """The page from where it is published; as HTML if it cannot be had or read as Markdown."""
    problem = PageError("no address is recorded", FILE)
    for url in addresses(known.url) if known.url else ():
        try:
            data = fetch(url)
            suffix = ".html" if data.lstrip()[:1] == b"<" else ".md"
            capture = captures.new(known.key, data, suffix=suffix, url=known.url)
            return _read(captures, capture, data)
        except PageError as error:
            problem = error
    raise problem


def _from(folder: Path, captures: Captures, known: Capture) -> CurrentPage | None:
    if not folder.is_dir():
        raise UpdateError(f"{folder} is not a folder; --from takes one with pages in it")
    found = [name for name in dict.fromkeys(_names(known)) if (folder / name).is_file()]
    if not found:
        return None
    if len(found) > 1:
        raise PageError(f"two pages of it, {found[0]} and {found[1]}", "give one of them")
    path = folder / found[0]
    data = read_file(path)
    capture = captures.new(known.key, data, suffix=path.suffix, note=FROM_A_FILE)
    return _read(captures, capture, data)


def _names(known: Capture) -> list[str]:
    """What a capture's page can be called in a folder."""
    stem = known.spec.removeprefix("models/").removesuffix(".yaml")
    return [*(stem + suffix for suffix in _SUFFIXES), known.file]


def _read(captures: Captures, capture: Capture, data: bytes) -> CurrentPage:
    """The page, which must be one that can be vendored."""
    try:
        new = CurrentPage(capture, data, read_bytes(data, captures.sisters()))
        vendored_text(capture, new.page)
    except PageError as error:
        raise RefusedError(error, capture, data) from None
    return new


def _changes(captures: Captures, new: CurrentPage) -> list[Change]:
    path, before = captures.specs / new.capture.spec, _page_before(captures, new.capture)
    old = load_model(decode(read_file(path)))
    if old is None:
        words = (before.around if before else "", new.page.around)
        return compare(read_page(path).document, new.page.document, words)
    words = (words_beside(before) if before else "", words_beside(new.page))
    return compare(as_document(old), as_document(of_page(new.page.document, old.model)), words)


def _page_before(captures: Captures, new: Capture) -> Page | None:
    """The captured page, if the new one is another."""
    known, data = captures.recorded(new.key)
    with suppress(PageError):  # taken over by a reader that knew less: the new page counts
        return read_bytes(data, captures.sisters()) if known.sha256 != new.sha256 else None
    return None


def _apply(options: argparse.Namespace, found: dict[str, CurrentPage], *, breaking: bool) -> str:
    """Write, regenerate and test; what failed, and then everything is as before if it is not kept.

    Raises UpdateError or PageError instead when neither the changes nor --keep explain a failure.
    """
    folders = ("specs", "generated", guide_tables.FOLDER)
    with Staged(options.root, folders, tools=("scripts",)) as staged:
        try:
            _write(Captures(staged.root / "specs"), found)
            _run_step(options, staged.root, "the overlays or the generator", GENERATOR)
            page = staged.root / guide_tables.PAGE
            replace_files({page: guide_tables.fresh_page(staged.root).encode()})
            staged.swap()
            if not options.no_tests:
                _run_step(options, options.root, "a test", *TESTS)
        except (UpdateError, PageError) as error:
            if not breaking and not options.keep:
                raise
            why = "as the changes break clients, " if breaking else ""
            state = "the new files are kept" if options.keep else "nothing was changed"
            print(f"update.py: {why}{error}; {state}", file=sys.stderr)
            if options.keep:
                staged.keep()
            return str(error)
        staged.keep()
    return ""


def _write(captures: Captures, found: dict[str, CurrentPage]) -> None:
    for new in found.values():
        text = vendored_text(new.capture, new.page)
        files = {captures.specs / new.capture.spec: text.encode()}
        replace_files(files | captures.files(new.capture, new.data))
        captures.refused_file(new.capture).unlink(missing_ok=True)


def _run_step(options: argparse.Namespace, root: Path, what: str, *arguments: str) -> None:
    last = run_step(root, *arguments)
    if last is not None:
        way_out = "" if options.keep else "; --keep lets them stand, to be mended"
        raise UpdateError(f"{what} failed on the new documents ({last}){way_out}")


if __name__ == "__main__":
    sys.exit(main())
