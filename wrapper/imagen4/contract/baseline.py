"""Findings that are accepted for a while: a TOML file that a person edits, and CI goes by.

An entry is known by its promise and the operations that break it, on which neither seeds nor ids
nor times have any influence. It has a reason and a day; after that day it is a finding again.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from .choices import PHASES
from .server import CouldNotRunError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

HEAD = """\
# Findings of `imagen4 contract` that are accepted, each for a reason and until a day.
# --update-baseline adds those of a run, renews what has expired and drops what is gone.
"""
ACCEPTED_FOR = timedelta(days=30)
"""What a run adds is looked at again so soon; a person may write another day."""
NO_REASON = "not looked into yet"


@dataclass(frozen=True)
class Acceptance:
    """One entry; its fields are those of the file, in their order."""

    gateway: str
    model: str
    phase: str
    """The quickest that has shown it."""
    check: str
    promise: str
    operations: tuple[str, ...]
    reason: str
    expires: date
    """The last day."""

    @property
    def told(self) -> str:
        return f"accepted until {self.expires}: {self.reason}"

    def covers(self, check: str, promise: str, operations: Iterable[str]) -> bool:
        same = (self.check, self.promise) == (check, promise)
        return same and {*operations} <= {*self.operations}


@dataclass(frozen=True)
class Baseline:
    """The entries for one gateway's model; `others` are those for any other."""

    gateway: str
    model: str
    phase: str
    today: date
    entries: tuple[Acceptance, ...] = ()
    others: tuple[Acceptance, ...] = ()

    def entry_for(self, check: str, promise: str, operations: Iterable[str]) -> Acceptance | None:
        """What accepts this, or did until it expired."""
        asked = check, promise, operations
        return next((each for each in self.entries if each.covers(*asked)), None)

    def lasts(self, entry: Acceptance) -> bool:
        return self.today <= entry.expires

    def gone(self, seen: Iterable[Acceptance], skipped: Collection[str]) -> list[Acceptance]:
        """What this phase has shown before, and did not show now although it looked.

        `skipped`: the checks that had nothing to look at.
        """
        shown = {*seen}
        return [each for each in self.entries if self._tries(each, skipped) and each not in shown]

    def updated(
        self, found: Iterable[tuple[str, str, tuple[str, ...]]], skipped: Collection[str] = ()
    ) -> Baseline:
        """With what was found, and with what was not looked for."""
        kept = (each for each in self.entries if not self._tries(each, skipped))
        new = [self._renewed(*each) for each in found]
        return replace(self, entries=tuple(dict.fromkeys([*new, *kept])))

    def _tries(self, entry: Acceptance, skipped: Collection[str]) -> bool:
        return entry.check not in skipped and PHASES.index(entry.phase) <= PHASES.index(self.phase)

    def _renewed(self, check: str, promise: str, operations: tuple[str, ...]) -> Acceptance:
        new = Acceptance(
            *(self.gateway, self.model, self.phase, check, promise, operations),
            reason=NO_REASON,
            expires=self.today + ACCEPTED_FOR,
        )
        for known in self.entries:
            if (known.check, known.promise) == (check, promise):
                expires = known.expires if self.lasts(known) else new.expires
                return replace(new, reason=known.reason, expires=expires)
        return new

    def as_toml(self) -> str:
        entries = sorted([*self.others, *self.entries], key=lambda each: (each.gateway, each.model))
        return "\n".join([HEAD, *map(_as_toml, entries)])


def read_baseline(path: Path, empty: Baseline, *, new: bool = False) -> Baseline:
    """The file's entries, sorted into those that `empty` is for and others.

    `new`: it may be missing. CouldNotRunError says what is wrong with it.
    """
    if new and not path.exists():
        return empty
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("accepted", [])
        entries = [_read_entry(row) for row in rows]
    except (OSError, ValueError, TypeError) as error:
        raise CouldNotRunError(f"the baseline {path}: {error}") from None
    asked = empty.gateway, empty.model
    ours = [each for each in entries if (each.gateway, each.model) == asked]
    return replace(
        empty, entries=tuple(ours), others=tuple(each for each in entries if each not in ours)
    )


def _read_entry(row: dict[str, Any]) -> Acceptance:
    names = [each.name for each in fields(Acceptance)]
    if wrong := {*row} ^ {*names}:
        raise ValueError(f"missing or unknown in an entry: {', '.join(sorted(wrong))}")
    entry = Acceptance(**{**row, "operations": tuple(row["operations"])})
    if entry.phase not in PHASES:
        raise ValueError(f"a phase is one of {', '.join(PHASES)}")
    if type(entry.expires) is not date:
        raise ValueError("expires is a day without quotes: 2027-01-31")
    if not entry.reason.strip():
        raise ValueError(f"without a reason: {entry.promise}")
    return entry


def _as_toml(entry: Acceptance) -> str:
    lines = (f"{each.name} = {_value(getattr(entry, each.name))}" for each in fields(entry))
    return "\n".join(["[[accepted]]", *lines, ""])


def _value(value: str | tuple[str, ...] | date) -> str:
    """JSON's texts and lists are TOML's, but for one character."""
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
