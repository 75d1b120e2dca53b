"""Which rows of a ledger tell of a line, where several gateways may have served it."""

from collections.abc import Iterable, Mapping

from ..ledger import Row
from ..ledger.schema import SENDABLE


def rows_by_key(rows: Iterable[Row], places: Mapping[str, str]) -> Mapping[str, list[Row]]:
    """Of each request, those of the one place that may have a task; else of the last that refused.

    places: where the client's gateways are. A ledger lets no other place have it.
    """
    found: dict[str, list[Row]] = {}
    for row in rows:
        if not row.counts_for(places):
            continue
        known = found.setdefault(row.key, [])
        if known and known[0].place != row.place:
            if row.state in SENDABLE and any(each.state not in SENDABLE for each in known):
                continue
            known.clear()
        known.append(row)
    return found


def creates_of(rows: list[Row], planned: int) -> int:
    """How many creates a request has, at the gateway that serves it."""
    return rows[0].total if rows else planned
