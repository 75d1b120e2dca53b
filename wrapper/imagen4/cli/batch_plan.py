"""What a batch would cost, and what of it is paid."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import click

from ..core.task import number_of_pictures
from ..ledger import Row
from ..ledger.schema import SENDABLE, RowState
from . import exits
from .batch_file import Line
from .batch_rows import creates_of, rows_by_key
from .estimate import Estimate, Total, number_of_tasks


class BatchPlan:
    """Lines whose creates are not in the ledger, and what they cost by the price lists.

    Each where it would go: to the gateway that has begun with it, else to the first that takes it.
    """

    def __init__(
        self,
        lines: Sequence[Line],
        places: Mapping[str, str],
        rows: Sequence[Row],
        *,
        retry_failed: bool,
    ) -> None:
        unpaid = {*SENDABLE, RowState.FAILED} if retry_failed else SENDABLE
        known = rows_by_key(rows, places)
        self.requests = len(lines)
        self.paid = 0
        self.to_pay = Total({name: Estimate(name) for name in places})
        for line in lines:
            there = known.get(line.key, [])
            paid = {row.number for row in there if row.state not in unpaid}
            self.paid += len(paid)
            if len(paid) < creates_of(there, len(line.creates)):
                at = self.to_pay.at[there[0].gateway if paid else line.gateway]
                for number, create in enumerate(line.creates, 1):
                    if number not in paid:
                        at.add(line.request.model or "", create)

    def tell(self) -> None:
        """What is about to be paid, on standard error."""
        if self.paid:
            exits.tell(f"{number_of_tasks(self.paid)} in the ledger, not to be paid again")
        for name, to_pay in self.to_pay.used.items():
            if to_pay.tasks:
                exits.tell(f"{name}: {to_pay}" if len(self.to_pay.at) > 1 else str(to_pay))

    def as_json(self) -> dict[str, Any]:
        return {"requests": self.requests, "paid": self.paid} | self.to_pay.as_json()


def told_plan(plan: BatchPlan, *, as_json: bool) -> None:
    """Print it; on standard output, since it is the result."""
    if as_json:
        click.echo(json.dumps(plan.as_json(), indent=2))
        return
    click.echo(f"requests  {plan.requests}")
    click.echo(f"paid      {plan.paid} tasks are in the ledger")
    several = len(plan.to_pay.at) > 1
    for name, to_pay in plan.to_pay.used.items():
        tasks = number_of_tasks(to_pay.tasks)
        at = f", at {name}" if several else ""
        click.echo(f"to pay    {tasks}, {number_of_pictures(to_pay.pictures)}{at}")
        if to_pay.credits is not None:
            dollars = "" if to_pay.dollars is None else f" (${to_pay.dollars:.2f})"
            click.echo(f"credits   {to_pay.credits:g}{dollars}")
        if to_pay.unknown:
            unknown = number_of_tasks(to_pay.unknown)
            click.echo(f"unknown   the price of {unknown}, which is not in these credits")
