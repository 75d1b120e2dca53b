"""What a batch would cost, and what of it is paid."""

import json
from collections.abc import Sequence
from typing import Any

import click

from ..core.price import credits_of
from ..facts import GATEWAYS
from ..ledger import Row
from ..ledger.schema import SENDABLE
from .batch_file import Line


class BatchPlan:
    """Lines whose creates are not in the ledger, and what they cost by the price list."""

    def __init__(
        self, lines: Sequence[Line], gateway: str, base_url: str, rows: Sequence[Row]
    ) -> None:
        facts = GATEWAYS[gateway]
        here = [row for row in rows if row.base_url == base_url and row.state not in SENDABLE]
        paid = {(row.key, row.number) for row in here}
        self.requests = len(lines)
        self.paid = 0
        self.tasks = self.pictures = self.unknown = 0
        self.credits = 0.0
        for line in lines:
            for number, create in enumerate(line.creates, 1):
                if (f"tag {line.tag}", number) in paid:
                    self.paid += 1
                    continue
                price = credits_of(facts, line.request.model or "", create.pictures)
                self.tasks += 1
                self.pictures += create.pictures
                self.unknown += price is None
                self.credits += price or 0.0
        rate = facts.dollars_per_credit
        self.dollars = None if rate is None else self.credits * rate

    def as_json(self) -> dict[str, Any]:
        names = ("requests", "paid", "tasks", "pictures", "credits", "dollars", "unknown")
        return {name: getattr(self, name) for name in names}


def told_plan(plan: BatchPlan, *, as_json: bool) -> None:
    """Print it; on standard output, since it is the result."""
    if as_json:
        click.echo(json.dumps(plan.as_json(), indent=2))
        return
    dollars = "" if plan.dollars is None else f" (${plan.dollars:.2f})"
    click.echo(f"requests  {plan.requests}")
    click.echo(f"paid      {plan.paid} tasks are in the ledger")
    click.echo(f"to pay    {plan.tasks} tasks, {plan.pictures} pictures")
    click.echo(f"credits   {plan.credits:g}{dollars}")
    if plan.unknown:
        click.echo(f"unknown   the price of {plan.unknown} tasks, which is not in these credits")
