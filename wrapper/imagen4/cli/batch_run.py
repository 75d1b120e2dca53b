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
from ..ledger.schema import RowState, creates
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
    _told: set[str] = field(default_factory=set)
    _hopeless: bool = False
    _showing: Lock = field(default_factory=Lock)

    def work(self, *, retry_failed: bool) -> None:
        """Until each line has ended, or nothing more can be paid."""
        if retry_failed:
            self.ledger.retry_failed(line.tag for line in self.lines)
        by_tag = {line.tag: line for line in self.lines}
        with Savers() as savers:
            for done in self.client.resume(self.ledger, timeout=self.timeout):
                savers.start(
                    partial(self._finish_resumed, done, by_tag.get(done.request.tag or ""))
                )
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
            total = creates_of(rows, len(line.creates))
            if settled(rows, total):
                self._tell(line.tag, state_of_request(rows, total))
            else:
                left.append(line.request)
        return left

    def _until_hopeless(self, requests: Sequence[Request]) -> Iterator[Request]:
        for request in requests:
            if self._hopeless:
                return
            yield request

    def _finish_resumed(self, done: Finished[Result], line: Line | None) -> None:
        """It may be another batch's, or have creates that were never sent."""
        self._save(done)
        if line is not None:
            rows = self.ledger.rows(creates.c.key == line.key)
            own = rows_by_key(rows, places_of(self.client)).get(line.key, [])
            if settled(own, total := creates_of(own, len(line.creates))):
                self._tell(line.tag, state_of_request(own, total))

    def _finish(self, done: Finished[Result]) -> None:
        error = self._save(done)
        self._tell(done.request.tag or "", "saved" if error is None else error.message)

    def _tell(self, tag: str, words: str) -> None:
        """Each line once."""
        with self._showing:
            if tag not in self._told:
                self._told.add(tag)
                self.shown.ended(tag, words)

    def _save(self, done: Finished[Result]) -> Imagen4Error | None:
        """Save its pictures, on a thread of their own; what went wrong with the request."""
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
        return error


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
