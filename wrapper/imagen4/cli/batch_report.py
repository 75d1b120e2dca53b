"""What came of a batch, read off the ledger: of each line, and in one exit code."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import Imagen4Error
from ..ledger import Row, state_of_request
from ..ledger.schema import RowState
from . import exits
from .batch_file import Line
from .batch_rows import creates_of, rows_by_key
from .outcome import harmless

UNSENT = "{} not sent, from line {} on: the same command goes on with that."
NEXT = {
    RowState.FAILED: "--retry-failed pays again for what failed.",
    RowState.UNCERTAIN: "`imagen4 resolve`, with this ledger, settles what is uncertain.",
}


class BatchReport:
    """Of each line: its state, its pictures, and why it has none."""

    def __init__(
        self,
        lines: Sequence[Line],
        rows: Sequence[Row],
        places: Mapping[str, str],
        errors: Mapping[str, Imagen4Error],
    ) -> None:
        here = rows_by_key(rows, places)
        self._errors = errors
        self._rows = rows
        self.lines = [self._line(line, here.get(line.key, [])) for line in lines]
        self.paths = [Path(path) for line in self.lines for path in line["paths"]]

    def _line(self, line: Line, rows: list[Row]) -> dict[str, Any]:
        error = self._errors.get(line.tag)
        reasons = [row.reason for row in rows if row.reason]
        state = state_of_request(rows, creates_of(rows, len(line.creates)))
        if error and state == RowState.SAVED:  # a picture is gone, and did not come again
            state = RowState.SUCCEEDED
        why = reasons[0] if reasons else error and error.message
        return {
            "line": line.number,
            "tag": line.tag,
            "state": state,
            "task_ids": [row.task_id for row in rows if row.task_id],
            "paths": [path for row in rows for path in row.paths.values()],
            "reason": None if state == RowState.SAVED else why,
        }

    @property
    def spent(self) -> dict[str, float]:
        """Credits of the whole ledger, by price list and as the gateway told."""
        told = [row for row in self._rows if row.charged is not None]
        return {
            "estimated": sum(row.estimate or 0.0 for row in told),
            "charged": sum(row.charged or 0.0 for row in told),
        }

    def as_json(self) -> dict[str, Any]:
        return {"lines": self.lines, "credits": self.spent}

    def tell(self) -> None:
        """Failures with their reasons, and what to do about them, on standard error."""
        unsent = [line["line"] for line in self.lines if _is_unsent(line)]
        for line in self.lines:
            if line["state"] != RowState.SAVED and not _is_unsent(line):
                words = f"line {line['line']}: {line['tag']}: {line['state']}"
                exits.tell(harmless(f"{words}: {line['reason']}" if line["reason"] else words))
        if unsent:
            exits.tell(UNSENT.format(len(unsent), min(unsent)))
        for state, what_next in NEXT.items():
            if any(line["state"] == state for line in self.lines):
                exits.tell(what_next)
        spent = self.spent
        if spent["charged"] != spent["estimated"]:
            exits.tell(
                f"The gateway charged {spent['charged']:g} credits where the price list says "
                f"{spent['estimated']:g}"
            )

    @property
    def code(self) -> exits.Exit:
        """Uncertain before anything else; partial where some have pictures."""
        states = {line["state"] for line in self.lines}
        if RowState.UNCERTAIN in states:
            return exits.Exit.UNCERTAIN
        if states == {RowState.SAVED}:
            return exits.Exit.OK
        if RowState.SAVED in states:
            return exits.Exit.PARTIAL
        return next(map(exits.code_of, self._errors.values()), exits.Exit.FAILED)


def _is_unsent(line: dict[str, Any]) -> bool:
    """Whether the run ended before it came to that line."""
    return line["state"] == RowState.PLANNED and not line["reason"]
