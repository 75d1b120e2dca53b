"""Working through a batch: first what an earlier run left, then what was never sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Lock

from .. import Client, Finished, Ledger, Request, Result
from ..errors import (
    AuthenticationError,
    DownloadError,
    FeatureDisabled,
    Imagen4Error,
    InsufficientCredits,
    LedgerError,
    ModelUnavailable,
    PartialFailure,
    QuotaExceeded,
)
from ..ledger import Row, state_of_request
from ..ledger.schema import RowState
from .batch_file import Line
from .batch_names import FileNames
from .batch_progress import BatchDisplay
from .batch_rows import creates_of, rows_by_key
from .batch_saving import Savers

HOPELESS = (
    AuthenticationError,
    FeatureDisabled,
    InsufficientCredits,
    LedgerError,
    ModelUnavailable,
    QuotaExceeded,
)
"""What the next create would be told, too: no further one is sent."""


@dataclass
class BatchRun:
    """One run."""

    client: Client
    ledger: Ledger
    lines: Sequence[Line]
    names: FileNames
    output: Path
    shown: BatchDisplay
    timeout: float | None
    errors: dict[str, Imagen4Error] = field(default_factory=dict)
    """By tag, what this run could not do."""
    _hopeless: bool = False
    _showing: Lock = field(default_factory=Lock)

    def work(self, *, retry_failed: bool) -> None:
        """Until each line has ended, or nothing more can be paid."""
        if retry_failed:
            self.ledger.retry_failed(line.tag for line in self.lines)
        with Savers() as savers:
            for done in self.client.resume(self.ledger, timeout=self.timeout):
                savers.start(partial(self._finish, done, shown=False))
            savers.wait()
            requests = self._until_hopeless(self._unfinished())
            made = self.client.generate_many(requests, timeout=self.timeout, ledger=self.ledger)
            for done in made:
                self._hopeless = self._hopeless or isinstance(done.error, HOPELESS)
                savers.start(partial(self._finish, done))

    def _unfinished(self) -> list[Request]:
        """What has creates that were never sent, or pictures that are not on the disk."""
        known = rows_by_key(self.ledger.rows(), places_of(self.client))
        left = []
        for line in self.lines:
            rows = known.get(line.key, [])
            creates = creates_of(rows, len(line.creates))
            if settled(rows, creates):
                self.shown.ended(line.tag, state_of_request(rows, creates))
            else:
                left.append(line.request)
        return left

    def _until_hopeless(self, requests: Sequence[Request]) -> Iterator[Request]:
        for request in requests:
            if self._hopeless:
                return
            yield request

    def _finish(self, done: Finished[Result], *, shown: bool = True) -> None:
        """Save its pictures; on a thread of their own."""
        tag = done.request.tag or ""
        error: Imagen4Error | None = done.error
        made = error.result if isinstance(error, PartialFailure) else done.result
        for image in made.images if made is not None else ():
            try:
                image.save(self.output, name=self.names.name(tag, image.index + 1))
            except DownloadError as problem:
                error = error or problem
        if error is not None:
            self.errors[tag] = error
        if shown:
            with self._showing:
                self.shown.ended(tag, "saved" if error is None else error.message)


def places_of(client: Client) -> dict[str, str]:
    """Where its gateways are."""
    return dict(zip(client.gateways, client.base_urls, strict=True))


def settled(rows: Sequence[Row], creates: int) -> bool:
    """Whether a run has nothing to do for a line: it is saved, failed, or uncertain."""
    if any(row.uncertain or row.state == RowState.FAILED for row in rows):
        return True
    saved = [row for row in rows if row.state == RowState.SAVED]
    return len(saved) == creates and all(Path(path).exists() for path in saved_paths(saved))


def saved_paths(rows: Sequence[Row]) -> list[str]:
    return [path for row in rows for path in row.paths.values()]
