"""What a batch would cost, and what of it is paid."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import click

from ..core.task import number_of_pictures
from ..ledger import Row
from ..ledger.schema import SENDABLE
from .batch_file import Line
from .batch_rows import creates_of, rows_by_key
from .estimate import Estimate


class BatchPlan:
    """Lines whose creates are not in the ledger, and what they cost by the price list."""

    def __init__(
        self, lines: Sequence[Line], gateway: str, places: Mapping[str, str], rows: Sequence[Row]
    ) -> None:
        known = rows_by_key(rows, places)
        self.requests = len(lines)
        self.paid = 0
        self.to_pay = Estimate(gateway)
        for line in lines:
            there = known.get(line.key, [])
            paid = {row.number for row in there if row.state not in SENDABLE}
            self.paid += len(paid)
            if len(paid) < creates_of(there, len(line.creates)):
                for number, create in enumerate(line.creates, 1):
                    if number not in paid:
                        self.to_pay.add(line.request.model or "", create)

    def as_json(self) -> dict[str, Any]:
        return {"requests": self.requests, "paid": self.paid} | self.to_pay.as_json()


def told_plan(plan: BatchPlan, *, as_json: bool) -> None:
    """Print it; on standard output, since it is the result."""
    if as_json:
        click.echo(json.dumps(plan.as_json(), indent=2))
        return
    to_pay = plan.to_pay
    click.echo(f"requests  {plan.requests}")
    click.echo(f"paid      {plan.paid} tasks are in the ledger")
    tasks = f"{to_pay.tasks} task{'' if to_pay.tasks == 1 else 's'}"
    click.echo(f"to pay    {tasks}, {number_of_pictures(to_pay.pictures)}")
    if to_pay.credits is not None:
        dollars = "" if to_pay.dollars is None else f" (${to_pay.dollars:.2f})"
        click.echo(f"credits   {to_pay.credits:g}{dollars}")
    if to_pay.unknown:
        click.echo(f"unknown   the price of {to_pay.unknown} tasks, which is not in these credits")
