"""How long a run will take, said before it begins, and how far it is, said while it goes on."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .run import RunOptions
    from .trace import Trace

REQUESTS = {"quick": 230, "full": 600}
"""Measured with the default model, where nothing is left out for what it costs."""
UNPAID, FOR_EACH_PAID = {"quick": 20, "full": 40}, 6
"""Likewise, where it is: what costs nothing anywhere, and what each create that may cost adds."""
LIVE, PLAIN = 0.2, 10.0
"""Seconds between two words: on a terminal, where each replaces the last, and elsewhere."""


def estimate(options: RunOptions) -> str:
    """What is asked, and when it will be over."""
    limits, rate = options.limits, options.server.facts.creates
    requests, usual = REQUESTS[options.phase], limits.usual
    affordable = UNPAID[options.phase] + FOR_EACH_PAID * options.max_paid
    if affordable < requests and not options.server.loopback:
        requests, usual = affordable, "less than a minute"
    asking = f"About {requests} requests take {usual} as a rule"
    if options.server.loopback:
        limited = f"where no more than {rate.times} creates in {rate.seconds:g} s are taken"
        asking += f", {limits.asking:.0f} s {limited}"
    return f"{asking}; then tasks are followed to their ends, {limits.most / 60:.0f} min at most."


@contextmanager
def told(options: RunOptions, stream: TextIO) -> Iterator[Progress]:
    """The estimate, then how far it is; a terminal is left as it was."""
    print(estimate(options), file=stream, flush=True)
    progress = Progress(stream)
    try:
        yield progress
    finally:
        progress.close()


class Progress:
    """Says how far a run is: in one line that changes on a terminal, now and then elsewhere."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._clock = stream, clock
        self._live = stream.isatty()
        self._began = self._told = clock()

    def __call__(self, trace: Trace) -> None:
        """To be called after each exchange."""
        now = self._clock()
        if now - self._told < (LIVE if self._live else PLAIN):
            return
        self._told = now
        ended = sum(bool(task.ended) for task in trace.tasks)
        asked = f"{len(trace.exchanges)} requests, {ended} of {len(trace.tasks)} tasks ended"
        self._write(f"{now - self._began:.0f} s: {asked}")

    def close(self) -> None:
        """Take the line back."""
        if self._live:
            self._write("")

    def _write(self, line: str) -> None:
        self._stream.write(f"\r\x1b[K{line}" if self._live else f"{line}\n")
        self._stream.flush()
