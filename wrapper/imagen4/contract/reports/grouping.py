"""Findings by promises: the causes, and in each what follows from it."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from ...facts.protocol import TASK_ID
from ..document import METHODS, is_on_page
from ..prompts import Prompts
from ..trace import operation_name
from .broken import Broken
from .commands import commands, rank

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..checks.registry import Finding
    from ..exchange import Exchange
    from ..run import RunOutcome

KEPT = "; over a connection that requests with the key had used before"
"""One curl command alone may not show it."""
ENOUGH = 10
"""Exchanges of one promise; more show the same."""


def group_broken(outcome: RunOutcome) -> tuple[Broken, ...]:
    """One for each promise that is broken by itself, and in it those that follow from it.

    Of one check's, what breaks on createTask comes first.
    """
    grouping, violations = Grouping(outcome), outcome.sorted.violations
    alone = grouping.ranked(each for each in violations if not each.because_of)
    shown = {group[0].promise for group in alone}
    follow = grouping.ranked(e for e in violations if e.because_of and e.promise not in shown)
    told = [grouping.broken(group) for group in follow]
    return tuple(
        replace(each, consequences=tuple(one for one in told if one.because_of == each.promise))
        for each in map(grouping.broken, alone)
    )


class Grouping:
    """Of the findings of one run."""

    def __init__(self, outcome: RunOutcome) -> None:
        self._server = outcome.options.server
        self._created = {task.id: task.created for task in outcome.trace.tasks}
        self._prompts = Prompts(outcome.trace.exchanges)

    def ranked(self, findings: Iterable[Finding]) -> list[list[Finding]]:
        """The findings of each promise, best first, by their checks and what shows them best."""
        groups: dict[str, list[Finding]] = {}
        for finding in findings:
            groups.setdefault(finding.promise, []).append(finding)
        order = list(dict.fromkeys(group[0].check for group in groups.values()))
        best = [sorted(group, key=self._rank) for group in groups.values()]
        return sorted(best, key=lambda each: (order.index(each[0].check), self._rank(each[0])))

    def broken(self, group: list[Finding]) -> Broken:
        """What one promise's findings come to; the first of them is shown."""
        first = group[0]
        shown, created = first.exchange, self._create_of(first.exchange)
        paths = sorted({each.exchange.request.path for each in group}, key=list(METHODS).index)
        exchanges = {each.exchange.number: each.exchange for each in group}
        few = [*islice(exchanges.values(), ENOUGH)]
        creates = {each for each in map(self._create_of, few) if each}
        behind = sorted({*few, *creates}, key=lambda each: each.number)
        return Broken(
            first.check,
            first.promise,
            ", ".join(map(operation_name, paths)),
            first.pointer,
            is_on_page(self._server.gateway, self._server.model, first.pointer),
            first.seen + (KEPT if shown.keep_alive else ""),
            len(exchanges),
            commands(shown, created, self._server),
            first.because_of,
            exchanges=tuple(map(self._prompts.taken_out_of, behind)),
        )

    def _rank(self, finding: Finding) -> tuple[bool | int, ...]:
        return rank(finding.exchange, self._create_of(finding.exchange))

    def _create_of(self, exchange: Exchange) -> Exchange | None:
        """The create of the task that is asked for, with whatever key."""
        return self._created.get(dict(exchange.request.query).get(TASK_ID, ""))
