"""Which rows of a ledger tell of a line, where several gateways may have served it."""

from collections.abc import Collection, Iterable, Mapping

from ..ledger import Row
from ..ledger.schema import SENDABLE


def rows_by_key(rows: Iterable[Row], base_urls: Collection[str]) -> Mapping[str, list[Row]]:
    """Of each request, those of the one place that may have a task; else of the last that refused.

    A ledger lets no other place have it.
    """
    found: dict[str, list[Row]] = {}
    for row in rows:
        if row.base_url not in base_urls:
            continue
        known = found.setdefault(row.key, [])
        if known and known[0].base_url != row.base_url:
            if row.state in SENDABLE and any(each.state not in SENDABLE for each in known):
                continue
            known.clear()
        known.append(row)
    return found


def creates_of(rows: list[Row], planned: int) -> int:
    """How many creates a request has, at the gateway that serves it."""
    return rows[0].total if rows else planned
