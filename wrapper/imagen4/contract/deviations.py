"""Known deviations of the wire from the documents: data, matched narrowly.

The table is deviations.toml. A finding is excused only when every condition given
there fits it, so another defect of the same operation is still a finding.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from ..facts.protocol import COST_TIME, DATA, TASK_ID
from .exchange import Subject
from .trace import Trace, operation_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .checks.registry import Finding

NO_DATA: tuple[Any, ...] = (None, {})
"""Absent, null or empty: a reader of a refusal is told the same by all three."""


@dataclass(frozen=True)
class Deviation:
    """One way in which the wire is known to differ."""

    id: str
    documented: str
    seen: str
    evidence: str
    told: str
    checks: tuple[str, ...]
    operation: str = ""
    subjects: tuple[str, ...] = ()
    http: tuple[int | str, ...] = ()
    codes: tuple[int, ...] = ()
    data: str = ""
    fields: tuple[str, ...] = ()
    values: tuple[str, ...] = ()

    def excuses(self, finding: Finding) -> bool:
        """Whether this is exactly the deviation, and nothing more."""
        exchange, verdict = finding.exchange, finding.exchange.verdict
        same = "code" in self.http and verdict.status == verdict.code
        return (
            finding.check in self.checks
            and (not self.operation or exchange.request.path == self.operation)
            and (not self.subjects or exchange.intent.subject in self.subjects)
            and (not self.http or same or verdict.status in self.http)
            and (not self.codes or verdict.code in self.codes)
            and (not self.data or exchange.payload.get(DATA) in NO_DATA)
            and (not self.fields or finding.field in self.fields)
            and (not self.values or json.dumps(finding.value) in self.values)
        )


@cache
def registered() -> tuple[Deviation, ...]:
    """The table, in its order."""
    text = (resources.files(__package__) / "deviations.toml").read_text(encoding="utf-8")
    return tuple(
        Deviation(**{name: _frozen(value) for name, value in row.items()})
        for row in tomllib.loads(text)["deviation"]
    )


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@dataclass(frozen=True)
class SortedFindings:
    """Findings, taken apart."""

    violations: list[Finding]
    excused: dict[str, list[Finding]]
    gone: list[Deviation]


def sort_findings(trace: Trace, findings: Iterable[Finding]) -> SortedFindings:
    """Tell violations from known deviations, and name the deviations that did not show."""
    violations: list[Finding] = []
    excused: dict[str, list[Finding]] = {}
    for finding in findings:
        known = next(
            (each for each in registered() if each.excuses(finding)),
            None,
        )
        if known is None:
            violations.append(finding)
        else:
            excused.setdefault(known.id, []).append(finding)
    gone = [
        each
        for each in registered()
        if each.told and each.id not in excused and OPPORTUNITIES[each.told](trace)
    ]
    return SortedFindings(violations, excused, gone)


def _has_refusal(trace: Trace, subject: Subject) -> bool:
    """By the gateway: a path that is not there is no refusal of what was asked there."""
    spoken = (each for each in trace.answered if each.verdict.code is not None)
    return any(each.verdict.refused and each.intent.subject is subject for each in spoken)


def _has_at_an_end(trace: Trace, field: str) -> bool:
    return any(field in poll.data for task in trace.tasks for poll in task.ended)


OPPORTUNITIES: dict[str, Callable[[Trace], bool]] = {
    "refused parameter": lambda trace: _has_refusal(trace, Subject.PARAMETER),
    "refused unknown task": lambda trace: _has_refusal(trace, Subject.UNKNOWN_TASK),
    "cost time": lambda trace: _has_at_an_end(trace, COST_TIME),
    "record": lambda trace: _has_at_an_end(trace, TASK_ID),
}


def deviation_in_words(deviation: Deviation) -> str:
    place = f"{operation_name(deviation.operation)}: " if deviation.operation else ""
    return f"{place}documented: {deviation.documented}; seen: {deviation.seen}"
