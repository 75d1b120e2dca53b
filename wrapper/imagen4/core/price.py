"""What a request costs by the gateway's price list, told before anything is paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..facts import GatewayFacts
    from .job_state import JobState
    from .ports import GatewayAdapter
    from .task import Task


@dataclass(frozen=True, slots=True)
class Cost:
    """A price as the gateway lists it, not as it was charged: that is `Task.credits`."""

    credits: float
    dollars: float | None
    """None where nobody has said what a credit costs."""


def cost_of(adapter: GatewayAdapter, job: JobState) -> Cost | None:
    """The cost of all creates of a job; None where the price is not known."""
    each = [credits_of(adapter.facts, job.model, plan.pictures) for plan in job.plans]
    known = [price for price in each if price is not None]
    if len(known) < len(each):
        return None
    rate = adapter.facts.dollars_per_credit
    return Cost(sum(known), None if rate is None else sum(known) * rate)


def credits_of(facts: GatewayFacts, model: str, pictures: int) -> float | None:
    """What one create costs in the gateway's credits; None where the price is not known."""
    price = facts.prices.get(model)
    if price is None:
        return None
    return price.credits * (pictures if price.per == "image" else 1)


def price_in_words(facts: GatewayFacts, tasks: Sequence[Task]) -> str | None:
    """What tasks cost: as they were charged, else by the price list; None where neither says."""
    charged = [task.credits for task in tasks]
    listed = [credits_of(facts, task.model or "", len(task.urls)) for task in tasks]
    for found, source in ((charged, ""), (listed, " by the price list")):
        known = [each for each in found if each is not None]
        if known and len(known) == len(tasks):
            total, rate = sum(known), facts.dollars_per_credit
            dollars = "" if rate is None else f" (${total * rate:.2f})"
            return f"{total:g} credits{dollars}{source}"
    return None
