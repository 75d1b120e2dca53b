"""What a request costs by the gateway's price list, told before anything is paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .job_state import JobState
    from .ports import GatewayAdapter


@dataclass(frozen=True, slots=True)
class Cost:
    """A price as the gateway lists it, not as it was charged: that is `Task.credits`."""

    credits: float
    dollars: float | None
    """None where nobody has said what a credit costs."""


def cost_of(adapter: GatewayAdapter, job: JobState) -> Cost | None:
    """The cost of all creates of a job; None where the price is not known."""
    price = adapter.facts.prices.get(job.model)
    if price is None:
        return None
    pieces = sum(plan.pictures if price.per == "image" else 1 for plan in job.plans)
    rate = adapter.facts.dollars_per_credit
    return Cost(price.credits * pieces, None if rate is None else price.credits * pieces * rate)
