"""One run against one server: from options to what is to be said about it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from ..facts.models import WITHDRAWN
from . import deviations
from .cases.allowed import plainest
from .cases.judge import judged
from .checks import Skipped, findings, skipped
from .checks.requests import blocked_by_account, model_is_gone
from .conversation import Conversation, NoGatewayError
from .credentials import foreign_key
from .document import load_document, shortened
from .exchange import Expect
from .follow import Patience
from .pace import Pace
from .server import CouldNotRunError
from .trace import Trace, refuses_key
from .transport import Budget, Sender, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from .document import Document
    from .server import ServerUnderTest

TIMEOUTS = {True: 5.0, False: 30.0}
"""Seconds to wait for an answer, on loopback and elsewhere."""
FIRST_POLL = {True: 0.02, False: 2.5}
LONGEST_POLL = {True: 5.0, False: 15.0}
MOST = {("quick", True): 120.0, ("full", True): 300.0}
"""Seconds for tasks of which none ends; wire: pictures took up to 66 s, a film 188 s."""
SPARE = {("quick", True): 60.0, ("full", True): 180.0}
GIVE_UP = 900.0
"""doc: after 10 to 15 minutes. So it is where there is no reason to hurry."""
SECONDS_TO_ASK = {
    ("quick", True): 30.0,
    ("full", True): 75.0,
    ("quick", False): 1800.0,
    ("full", False): 3600.0,
}
"""However slow the answers are. Elsewhere the pace and the time-outs make it long."""


@dataclass(frozen=True)
class RunOptions:
    """What one run is told."""

    server: ServerUnderTest
    profile: str = "auto"
    seed: int = 0
    phase: str = "quick"
    max_paid: int = 1
    foreign_key: str | None = None
    strict: bool = False
    """Whether a check that had nothing to look at keeps the run from a verdict."""


@dataclass(frozen=True)
class RunOutcome:
    """What a run has shown."""

    options: RunOptions
    trace: Trace
    sorted: deviations.SortedFindings
    seconds: float
    paid: int
    blocked: str = ""
    """Why creates could not be checked at all; empty where they could."""
    skipped: tuple[Skipped, ...] = ()
    """The checks that had nothing to look at."""

    @property
    def asleep(self) -> list[str]:
        """The checks that a server could have given something to look at, and did not."""
        return [each.check for each in self.skipped if not each.optional]

    @property
    def exit_code(self) -> int:
        return self.exit_code_with(len(self.sorted.violations))

    def exit_code_with(self, broken: int) -> int:
        """The exit code, if so many findings are held against the server."""
        if broken:
            return 1
        return 2 if self.blocked or (self.options.strict and self.asleep) else 0


@dataclass(frozen=True)
class Seams:
    """What tests replace: the network and the time."""

    transport: httpx.BaseTransport | None = None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time


def run_contract(
    options: RunOptions, seams: Seams | None = None, document: Document | None = None
) -> RunOutcome:
    """Hold the whole conversation and judge it; CouldNotRunError if it cannot begin."""
    seams, server = seams or Seams(), options.server
    started = seams.clock()
    document = document or load_document(server.gateway, server.model)
    _must_be_askable(document)
    trace = Trace(document, server.loopback, options.profile)
    with _client(options, seams) as client, _client(options, seams, keep=True) as kept:
        sender = Sender(
            trace,
            client,
            server.key,
            foreign_key(server.gateway, server.key, options.foreign_key),
            Budget(None if server.loopback else options.max_paid),
            Pace(server.facts, not server.loopback, seams.clock, seams.sleep),
            TIMEOUTS[server.loopback],
            seams.clock,
            seams.now,
            kept=kept,
        )
        _hold(options, sender, seams)
    if server.guessed and refuses_key(trace.exchanges):
        variable = server.facts.key_variable
        raise CouldNotRunError(f"no key: the sandbox's was refused; give --api-key or {variable}")
    everything = findings(trace)
    found = deviations.sort_findings(trace, everything)
    paid = 0 if server.loopback else sender.budget.spent
    seconds = seams.clock() - started
    unseen = tuple(skipped(trace, everything))
    return RunOutcome(options, trace, found, seconds, paid, _blocked(server, trace), unseen)


def _must_be_askable(document: Document) -> None:
    """Else every refusal of what is no right request would be held against the server."""
    case = plainest(document)
    if judged(document, case.request.content or b"", "").intent.expect is Expect.REFUSE:
        raise CouldNotRunError(f"no right request can be made of the page of {document.model}")


def _client(options: RunOptions, seams: Seams, *, keep: bool = False) -> httpx.Client:
    """A connection of its own for each request, or one that is kept.

    Its own is the rule: a kept one that the server has just closed would look like an
    answer that never came.
    """
    loopback = options.server.loopback
    return httpx.Client(
        base_url=options.server.base_url + "/",
        headers={} if keep else {"Connection": "close"},
        timeout=TIMEOUTS[loopback],
        transport=seams.transport,
        limits=httpx.Limits(max_connections=1 if keep else None, max_keepalive_connections=keep),
        # A proxy or certificate set in the environment has no part in a loopback run.
        trust_env=not loopback,
    )


def _hold(options: RunOptions, sender: Sender, seams: Seams) -> None:
    """The conversation; what keeps it from a verdict is a CouldNotRunError."""
    which, url = (options.phase, options.server.loopback), options.server.base_url
    seconds = SECONDS_TO_ASK[which]
    try:
        patience = _patience(*which, seams)
        Conversation(sender, options.phase, options.seed, patience, seconds).hold()
    except UnreachableError as error:
        raise CouldNotRunError(f"unreachable: {url}: {error}") from None
    except NoGatewayError as error:
        raise CouldNotRunError(f"wrong host: {error} at {url}") from None
    except KeyboardInterrupt:
        raise CouldNotRunError(f"interrupted; {_so_far(sender)}") from None


def _patience(phase: str, loopback: bool, seams: Seams) -> Patience:
    return Patience(
        MOST.get((phase, loopback), GIVE_UP),
        SPARE.get((phase, loopback), GIVE_UP),
        phase == "full" or not loopback,
        FIRST_POLL[loopback],
        LONGEST_POLL[loopback],
        sleep=seams.sleep,
    )


def _so_far(sender: Sender) -> str:
    """What an interrupted run has done, and may have spent."""
    sent = f"requests sent: {len(sender.trace.exchanges)}"
    if sender.trace.loopback:
        return sent
    tasks = ", ".join(task.id for task in sender.trace.tasks) or "none"
    return f"{sent}, may have been paid for: {sender.budget.spent}, tasks: {tasks}"


def _blocked(server: ServerUnderTest, trace: Trace) -> str:
    if model_is_gone(trace):
        return _gone(server, trace.expecting(Expect.ACCEPT)[0].message)
    code = blocked_by_account(trace)
    if code is None:
        return ""
    message = trace.expecting(Expect.ACCEPT)[0].message
    return f"every create was refused with code {code} {message!r}"


def _gone(server: ServerUnderTest, message: str) -> str:
    """That is no word broken: what a gateway offers, it may stop offering."""
    told = f"the model is gone: {server.gateway} refuses {server.model} with {shortened(message)!r}"
    if server.model not in WITHDRAWN:
        return f"{told}; no other promise about creates was checked"
    date, _, successors = WITHDRAWN[server.model]
    return f"{told}; its maker withdrew it on {date}; its successors: {', '.join(successors)}"
