"""What was found of each client, as a Markdown table."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from peers.stub import FAULTS

COLUMNS = (
    "client",
    "import",
    "cycle",
    *(fault.replace("-", " ") for fault in FAULTS),
    "polls",
    "late",
)


@dataclass(frozen=True)
class Found:
    """Of one client; ratios are to bare httpx, `late` is in seconds, one entry a task."""

    client: str
    version: str
    imported: float
    cycle: float
    posts: dict[str, int]
    ended: frozenset[str]  # the faults that it had done with when the time was up
    polls: tuple[int, ...]
    late: tuple[float, ...]

    def cells(self) -> list[str]:
        posts = [f"{'' if each in self.ended else '>= '}{self.posts[each]}" for each in FAULTS]
        waits = ["-", "-"]
        if self.late:
            waits = [f"{statistics.mean(self.polls):.1f}", f"{statistics.mean(self.late):.2f} s"]
        ratios = [f"{self.imported:.2f} x", f"{self.cycle:.2f} x"]
        return [f"{self.client} {self.version}", *ratios, *posts, *waits]


def table(found: list[Found]) -> str:
    rows = [list(COLUMNS), *(each.cells() for each in found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rows.insert(1, ["-" * width for width in widths])
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |"
        for row in rows
    )
