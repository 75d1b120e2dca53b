"""Faults of a callback: what is delivered in place of the one right delivery."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..callbacks import Delivery
    from .book import ArmedFault


def faulty_deliveries(delivery: Delivery, armed: ArmedFault | None) -> list[Delivery]:
    """The deliveries that are planned; the given one alone on a good day."""
    if armed is None:
        return [delivery]
    name, given = armed.fault.name, armed.parameters
    if name == "lost-callback":
        delivery.outcome = "not sent: lost"
    if name == "late-callback":
        delivery.due += float(given["seconds"])
    delivery.forged = name == "forged-callback"
    copies = int(given["copies"]) if name == "duplicate-callback" else 0
    return [delivery, *(replace(delivery) for _ in range(copies))]
