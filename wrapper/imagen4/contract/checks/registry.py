"""Checks by name, and what they find."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ...facts.protocol import DETAILS_PATH
from ..exchange import Exchange
from ..trace import Trace

if TYPE_CHECKING:
    from .evidence import Evidence

Found = tuple[Exchange, str] | tuple[Exchange, str, Exchange]
"""An exchange that shows it, what was seen there, in words, and what it was held against, if so."""


@dataclass(frozen=True)
class Finding:
    """One place where a promise was not kept."""

    check: str
    promise: str
    pointer: str
    """Where the promise stands in the document."""
    exchange: Exchange
    seen: str
    field: str = ""
    """For the schema check: path of the offending value in the answer."""
    value: Any = None
    against: Exchange | None = None
    """The earlier answer that this one contradicts: either may be the wrong one."""
    because_of: str = ""
    """The promise of the finding that this one follows from; empty for what stands by itself."""


Run = Callable[[Trace], Iterable["Found | Finding"]]


@dataclass(frozen=True)
class Check:
    """A registered check."""

    name: str
    promise: str
    pointer: str
    run: Run
    of: Evidence
    """What it looks at; where there is none, it says nothing of the server."""
    on_record: str = ""
    """Where the promise stands for recordInfo, if not at `pointer`."""

    def findings(self, trace: Trace) -> Iterator[Finding]:
        for found in self.run(trace):
            if isinstance(found, Finding):
                yield replace(found, check=self.name)
            else:
                place = self.on_record if found[0].request.path == DETAILS_PATH else ""
                shown_by, seen, *held = found
                against = held[0] if held else None
                place = place or self.pointer
                yield Finding(self.name, self.promise, place, shown_by, seen, against=against)


CHECKS: dict[str, Check] = {}


def check(
    name: str, promise: str, pointer: str, on_record: str = "", *, of: Evidence
) -> Callable[[Run], Run]:
    """Register a check; `promise` is the sentence reports print when it is broken."""

    def register(run: Run) -> Run:
        CHECKS[name] = Check(name, promise, pointer, run, of, on_record)
        return run

    return register


def findings(trace: Trace, without: Iterable[str] = ()) -> list[Finding]:
    """What all checks find in a conversation, in the order of the exchanges."""
    left_out = set(without)
    found = [
        finding
        for name, each in CHECKS.items()
        if name not in left_out
        for finding in each.findings(trace)
    ]
    return sorted(found, key=lambda finding: finding.exchange.number)


@dataclass(frozen=True)
class Skipped:
    """A check that had nothing to look at."""

    check: str
    promise: str
    reason: str
    optional: bool
    """Whether a server that keeps every promise may never show what it looks at."""


def skipped(trace: Trace, found: Iterable[Finding]) -> list[Skipped]:
    """The checks whose silence says nothing, each with the reason."""
    spoken = {finding.check for finding in found}
    return [
        Skipped(name, each.promise, trace.stopped or each.of.absent, each.of.optional)
        for name, each in CHECKS.items()
        if name not in spoken and not each.of.is_in(trace)
    ]
