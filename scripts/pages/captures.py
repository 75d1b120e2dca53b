"""The captured pages beside the specs, and what is recorded of them."""

import hashlib
import tomllib
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pages.errors import PageError
from pages.forms import extract
from pages.source import decode, read_file

_SUFFIXES = frozenset((".md", ".txt", ".html", ".yaml", ".json"))
_HEAD = """\
# The pages that specs/*.yaml were read from. Written by scripts/vendor.py.
# captured: the day on which the page was fetched or handed over.
"""
FROM_A_FILE = "given as a file: nothing is known of where it was taken from"


@dataclass(frozen=True)
class Capture:
    """One captured page. ``url``: where the gateway publishes it. ``captured``: ISO date."""

    gateway: str
    file: str
    url: str
    captured: str
    sha256: str
    note: str = ""


class Captures:
    """The folder ``specs/pages`` and its ``SOURCES.toml``."""

    def __init__(self, specs: Path) -> None:
        self.specs = specs
        self.folder = specs / "pages"
        self.index = self.folder / "SOURCES.toml"

    def all(self) -> dict[str, Capture]:
        """What is recorded, by gateway."""
        try:
            data = tomllib.loads(self.index.read_text(encoding="utf-8"))
            return {name: Capture(gateway=name, **entry) for name, entry in data.items()}
        except (OSError, ValueError, TypeError) as error:
            raise PageError(f"{self.index} cannot be used: {error}") from None

    def recorded(self, gateway: str) -> tuple[Capture, bytes]:
        """The captured page of a gateway, which must be the one that was recorded."""
        capture = self._entry(gateway)
        data = read_file(self.folder / capture.file)
        if hashlib.sha256(data).hexdigest() != capture.sha256:
            raise PageError(f"{capture.file} is not the page that was captured: SHA-256 differs")
        return capture, data

    def sisters(self) -> list[str]:
        """The documents beside which a page without indentation can be read.

        All captured pages and vendored documents that have kept theirs.
        """
        found = []
        for path in sorted(self.specs.rglob("*")):
            if path.suffix in _SUFFIXES:
                with suppress(PageError):
                    found.append(extract(decode(read_file(path))).text)
        return found

    def new(
        self, gateway: str, data: bytes, *, suffix: str, url: str = "", note: str = ""
    ) -> Capture:
        """The record for a page; the one that stands if it is the same page."""
        known = self._entry(gateway)
        digest = hashlib.sha256(data).hexdigest()
        if digest == known.sha256:
            return known
        ending = suffix if suffix in _SUFFIXES else ".txt"
        return replace(
            known,
            file=Path(known.file).stem + ending,
            url=url or known.url,
            captured=datetime.now(UTC).date().isoformat(),
            sha256=digest,
            note=note or ("" if url else FROM_A_FILE),
        )

    def files(self, capture: Capture, data: bytes) -> dict[Path, bytes]:
        """What is to be written so that this capture is the recorded one."""
        entries = self.all() | {capture.gateway: capture}
        return {
            self.folder / capture.file: data,
            self.index: _toml(entries).encode(),
        }

    def _entry(self, gateway: str) -> Capture:
        entry = self.all().get(gateway)
        if entry is None:
            raise PageError(f"{self.index} does not name {gateway}")
        return entry


def _toml(entries: dict[str, Capture]) -> str:
    return _HEAD + "".join(_table(entries[name]) for name in sorted(entries))


def _table(capture: Capture) -> str:
    fields = ("file", "url", "captured", "sha256", "note")
    lines = [f'{name} = "{getattr(capture, name)}"' for name in fields if getattr(capture, name)]
    return f"\n[{capture.gateway}]\n" + "\n".join(lines) + "\n"
