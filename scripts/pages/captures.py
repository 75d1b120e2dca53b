"""The captured pages beside the specs, and what is recorded of them.

A gateway has one page of its own, which its document is read from; each further model has one
beside it. A page is known by its key: `kie`, or `kie/google/nano-banana`.
"""

import hashlib
import tomllib
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from imagen4.facts.gateways import DEFAULT_MODEL
from imagen4.facts.models import slug_of
from pages.errors import PageError
from pages.forms import extract
from pages.source import decode, read_file

_SUFFIXES = frozenset((".md", ".txt", ".html", ".yaml", ".json"))
_HEAD = """\
# The pages that specs/ was read from. Written by scripts/vendor.py.
# captured: the day on which the page was fetched or handed over.
"""
_GIT = "get it back with git"
_ENTER = "give a page of it, or enter it there first (CONTRIBUTING.md)"
FROM_A_FILE = "given as a file: nothing is known of where it was taken from"


@dataclass(frozen=True)
class Capture:
    """One captured page. ``url``: where the gateway publishes it. ``captured``: ISO date."""

    key: str
    file: str
    captured: str
    sha256: str
    url: str = ""
    note: str = ""

    @property
    def gateway(self) -> str:
        return self.key.partition("/")[0]

    @property
    def model(self) -> str:
        return self.key.partition("/")[2] or DEFAULT_MODEL

    @property
    def spec(self) -> str:
        """The vendored file, in specs/."""
        if "/" not in self.key:
            return f"{self.gateway}.yaml"
        return f"models/{self.gateway}/{slug_of(self.model)}.yaml"


def key_of(gateway: str, model: str) -> str:
    """The key of a model's page. The default model's is the gateway's own."""
    return gateway if model == DEFAULT_MODEL else f"{gateway}/{model}"


class Captures:
    """The folder ``specs/pages`` and its ``SOURCES.toml``."""

    def __init__(self, specs: Path) -> None:
        self.specs = specs
        self.folder = specs / "pages"
        self.index = self.folder / "SOURCES.toml"
        self.refused = self.folder / "refused"

    def all(self) -> dict[str, Capture]:
        """What is recorded, by key."""
        try:
            data = tomllib.loads(self.index.read_text(encoding="utf-8"))
            return {name: Capture(key=name, **entry) for name, entry in data.items()}
        except (OSError, ValueError, TypeError) as error:
            raise PageError(f"{self.index} cannot be used: {error}", _GIT) from None

    def recorded(self, key: str) -> tuple[Capture, bytes]:
        """A captured page, which must be the one that was recorded."""
        capture = self.all().get(key)
        if capture is None:
            raise PageError(f"{self.index} does not name {key}", _ENTER)
        data = read_file(self.folder / capture.file)
        if hashlib.sha256(data).hexdigest() != capture.sha256:
            raise PageError(
                f"{capture.file} is not the page that was captured: SHA-256 differs", _GIT
            )
        return capture, data

    def sisters(self) -> list[str]:
        """The documents beside which a page without indentation can be read.

        All captured pages and vendored documents that have kept theirs.
        """
        found = []
        for path in sorted(self.specs.rglob("*")):
            if path.suffix in _SUFFIXES and self.refused not in path.parents:
                with suppress(PageError):
                    found.append(extract(decode(read_file(path))).text)
        return found

    def new(self, key: str, data: bytes, *, suffix: str, url: str = "", note: str = "") -> Capture:
        """The record for a page; the one that stands if it is the same page."""
        known = self.all().get(key) or self._unknown(key)
        digest = hashlib.sha256(data).hexdigest()
        if digest == known.sha256:
            return replace(known, url=known.url or url)
        ending = suffix if suffix in _SUFFIXES else ".txt"
        return replace(
            known,
            file=known.file.removesuffix(Path(known.file).suffix) + ending,
            url=url or known.url,
            captured=datetime.now(UTC).date().isoformat(),
            sha256=digest,
            note=note or ("" if url else FROM_A_FILE),
        )

    def _unknown(self, key: str) -> Capture:
        """The record of a model whose page was never captured."""
        new = Capture(key, file="", captured="", sha256="")
        if new.key == new.gateway:
            raise PageError(f"{self.index} does not name {key}", _ENTER)
        return replace(new, file=f"models/{new.gateway}/{slug_of(new.model)}.md")

    def refused_file(self, capture: Capture) -> Path:
        """Where a page that cannot be taken over is laid: the folder suits `update.py --from`."""
        stem = capture.spec.removeprefix("models/").removesuffix(".yaml")
        return self.refused / (stem + Path(capture.file).suffix)

    def files(self, capture: Capture, data: bytes) -> dict[Path, bytes]:
        """What is to be written so that this capture is the recorded one."""
        entries = self.all() | {capture.key: capture}
        return {
            self.folder / capture.file: data,
            self.index: _toml(entries).encode(),
        }


def _toml(entries: dict[str, Capture]) -> str:
    return _HEAD + "".join(_table(entries[name]) for name in sorted(entries))


def _table(capture: Capture) -> str:
    fields = ("file", "url", "captured", "sha256", "note")
    lines = [f'{name} = "{getattr(capture, name)}"' for name in fields if getattr(capture, name)]
    name = capture.key if capture.key == capture.gateway else f'"{capture.key}"'
    return f"\n[{name}]\n" + "\n".join(lines) + "\n"
