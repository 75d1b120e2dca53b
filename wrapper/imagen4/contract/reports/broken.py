"""What was broken, by promises: the causes, what follows from each, and how to see it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from ...facts.protocol import CREATE_PATH
from ..cases.judge import GENERATED
from ..curl import curl
from ..document import METHODS, is_on_page
from ..prompts import Prompts
from ..trace import operation_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..checks.registry import Finding
    from ..exchange import Exchange
    from ..run import RunOutcome

KEPT = "; over a connection that requests with the key had used before"
"""One curl command alone may not show it."""
ENOUGH = 10
"""Exchanges of one promise; more show the same."""


@dataclass(frozen=True)
class Broken:
    """A promise that was not kept, with the smallest request that shows it."""

    check: str
    promise: str
    operation: str
    pointer: str
    on_page: bool
    """Whether that place is on the gateway's page; else only in `contract.json`."""
    seen: str
    times: int
    curl: str
    created_by: str
    """For a record: the create of its task, for the task itself does not last."""

    because_of: str
    """The promise of the one that this follows from; empty for what stands by itself."""
    consequences: tuple[Broken, ...] = ()
    """What follows from this one; those have none of their own."""
    accepted: str = ""
    """Until when, and why; empty if nobody has accepted it."""
    exchanges: tuple[Exchange, ...] = field(default=(), compare=False, repr=False)
    """The first of those that show it, without prompts, behind the create of a record's task."""

    @property
    def told(self) -> str:
        """All of it, one thing a line."""
        follow = [f"from this follows: {each.title}" for each in self.consequences]
        return "\n".join((self.title, self.place, self.evidence, *self.commands, *follow))

    @property
    def title(self) -> str:
        return f"{self.operation}: {self.promise}"

    @property
    def identity(self) -> tuple[str, str, tuple[str, ...]]:
        """What stays the same from run to run: check, promise and operations."""
        return self.check, self.promise, tuple(self.operation.split(", "))

    @property
    def evidence(self) -> str:
        """What was seen, in one line; it is one of a group: the smallest, and not the only one."""
        more = self.times - 1
        others = f" (and for {more} more request{'' if more == 1 else 's'})" if more else ""
        return " ".join(self.seen.split()) + others

    @property
    def commands(self) -> tuple[str, ...]:
        """What to paste into a shell, in this order."""
        create = (f"{self.created_by}  # gives another id",) if self.created_by else ()
        return (*create, self.curl)

    @property
    def place(self) -> str:
        """The pointer, and which document it is for."""
        return self.pointer if self.on_page else f"{self.pointer} (contract.json, not on the page)"


def group_broken(outcome: RunOutcome) -> tuple[Broken, ...]:
    """One for each promise that is broken by itself, and in it those that follow from it.

    Of one check's, what breaks on createTask comes first.
    """
    violations = outcome.sorted.violations
    alone = _ranked(each for each in violations if not each.because_of)
    shown = {group[0].promise for group in alone}
    follow = _ranked(e for e in violations if e.because_of and e.promise not in shown)
    prompts = Prompts(outcome.trace.exchanges)
    told = [_promise(outcome, group, prompts) for group in follow]
    return tuple(
        replace(each, consequences=tuple(one for one in told if one.because_of == each.promise))
        for each in (_promise(outcome, group, prompts) for group in alone)
    )


def _ranked(findings: Iterable[Finding]) -> list[list[Finding]]:
    """The findings of each promise, by their checks and what shows them best."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.promise, []).append(finding)
    order = list(dict.fromkeys(group[0].check for group in groups.values()))
    return sorted(
        groups.values(), key=lambda g: (order.index(g[0].check), _rank(min(g, key=_rank)))
    )


def _rank(finding: Finding) -> tuple[bool, bool, bool, int]:
    """What shows a promise best: what curl can repeat, then the paid operation.

    After that a case with a name, and the smallest request.
    """
    exchange = finding.exchange
    size = len(exchange.request.content or b"")
    generated = exchange.intent.what.startswith(GENERATED)
    return exchange.keep_alive, exchange.request.path != CREATE_PATH, generated, size


def _promise(outcome: RunOutcome, group: list[Finding], prompts: Prompts) -> Broken:
    smallest = min(group, key=_rank)
    target, request = outcome.options.server, smallest.exchange.request
    variable = target.facts.key_variable
    paths = sorted({finding.exchange.request.path for finding in group}, key=list(METHODS).index)
    created = _create_of(outcome, smallest.exchange.task_id)
    shown = {each.exchange.number: each.exchange for each in sorted(group, key=_rank)}
    behind = [*created, *islice(shown.values(), ENOUGH)]
    return Broken(
        smallest.check,
        smallest.promise,
        ", ".join(map(operation_name, paths)),
        smallest.pointer,
        is_on_page(target.gateway, target.model, smallest.pointer),
        smallest.seen + (KEPT if smallest.exchange.keep_alive else ""),
        len({finding.exchange.number for finding in group}),
        curl(request, target.base_url, variable),
        "".join(curl(each.request, target.base_url, variable) for each in created),
        smallest.because_of,
        exchanges=tuple(map(prompts.taken_out_of, behind)),
    )


def _create_of(outcome: RunOutcome, task_id: str) -> list[Exchange]:
    """The create of a task, for a poll; else nothing."""
    return [task.created for task in outcome.trace.tasks if task.id == task_id]
