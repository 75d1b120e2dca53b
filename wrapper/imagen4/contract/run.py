"""One run against one server: from options to what is to be said about it."""

from __future__ import annotations

import ssl
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import httpx

from .._version import __version__
from ..facts.models import WITHDRAWN
from . import deviations
from .cases.allowed import plainest
from .cases.judge import judged
from .causes import trace_back
from .channel import Channel
from .checks import Skipped, findings, skipped
from .checks.requests import blocked_by_account, model_is_gone
from .conversation import Conversation
from .credentials import foreign_key
from .document import load_document, shortened
from .exchange import Expect
from .follow import Patience
from .limits import LIMITS, Limits
from .outlook import NoGatewayError
from .pace import Pace
from .server import CouldNotRunError
from .steps import INTERRUPTED
from .trace import Trace, refuses_key
from .transport import Budget, Sender, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .document import Document
    from .server import ServerUnderTest


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

    @property
    def limits(self) -> Limits:
        return LIMITS[self.phase, self.server.loopback]


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
    interrupted: str = ""
    """What was done, and perhaps paid for, until Ctrl-C; empty without one."""

    @property
    def asleep(self) -> list[str]:
        """The checks that a server could have given something to look at, and did not."""
        return [each.check for each in self.skipped if not each.optional]

    @property
    def exit_code(self) -> int:
        return self.exit_code_with(len(self.sorted.violations))

    def exit_code_with(self, broken: int) -> int:
        """The exit code, if so many findings are held against the server."""
        if self.interrupted:
            return 2
        if broken:
            return 1
        return 2 if self.blocked or (self.options.strict and self.asleep) else 0


class NoVerdictError(CouldNotRunError):
    """Ctrl-C, or nobody there to be judged: the `outcome` is what was seen until then."""

    def __init__(self, outcome: RunOutcome) -> None:
        super().__init__(outcome.interrupted or outcome.blocked)
        self.outcome = outcome


@dataclass(frozen=True)
class Seams:
    """What tests replace: the network and the time."""

    transport: httpx.BaseTransport | None = None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time


Converse: TypeAlias = "Callable[[RunOptions, Sender, Seams], None]"


def run_contract(
    options: RunOptions,
    seams: Seams | None = None,
    document: Document | None = None,
    watch: Callable[[Trace], None] | None = None,
    converse: Converse | None = None,
) -> RunOutcome:
    """Hold the whole conversation, or another, and judge it; CouldNotRunError: it cannot begin.

    NoVerdictError, which is one of those: it was ended by Ctrl-C, or nobody who would be a gateway
    answers. `watch` is called after each exchange.
    """
    seams, server = seams or Seams(), options.server
    started = seams.clock()
    document = document or load_document(server.gateway, server.model)
    _must_be_askable(document)
    trace = Trace(document, server.loopback, options.profile, watch=watch)
    with _sender(options, seams, trace) as sender:
        try:
            interrupted = _hold(options, sender, seams, converse or _ask_everything)
        except CouldNotRunError as error:
            seconds = seams.clock() - started
            raise NoVerdictError(_of_nobody(options, sender, seconds, str(error))) from None
    everything = findings(trace)
    found = deviations.sort_findings(trace, everything)
    found = replace(found, violations=trace_back(trace, found.violations))
    paid, seconds = _paid(sender), seams.clock() - started
    unseen = tuple(skipped(trace, everything))
    blocked = _blocked(server, trace)
    outcome = RunOutcome(options, trace, found, seconds, paid, blocked, unseen, interrupted)
    if interrupted:
        raise NoVerdictError(outcome)
    return outcome


def _of_nobody(options: RunOptions, sender: Sender, seconds: float, why: str) -> RunOutcome:
    """What comes of a run in which no promise was broken, since nobody gave one."""
    trace, nothing = sender.trace, deviations.SortedFindings([], {}, [])
    trace.stopped = why
    unseen = tuple(skipped(trace, []))
    return RunOutcome(options, trace, nothing, seconds, _paid(sender), why, unseen)


def _paid(sender: Sender) -> int:
    return 0 if sender.trace.loopback else sender.budget.spent


def _must_be_askable(document: Document) -> None:
    """Else every refusal of what is no right request would be held against the server."""
    case = plainest(document)
    if judged(document, case.request.content or b"", "").intent.expect is Expect.REFUSE:
        raise CouldNotRunError(f"no right request can be made of the page of {document.model}")


@contextmanager
def _sender(options: RunOptions, seams: Seams, trace: Trace) -> Iterator[Sender]:
    server = options.server
    with _client(options, seams) as client, _client(options, seams, keep=True) as kept:
        foreign = foreign_key(server.gateway, server.key, options.foreign_key)
        channel = Channel(client, server.key, foreign, options.limits.timeout, seams.clock, kept)
        budget = Budget(None if server.loopback else options.max_paid)
        pace = Pace(server.facts, not server.loopback, seams.clock, seams.sleep)
        yield Sender(trace, channel, budget, pace, seams.now)


def _client(options: RunOptions, seams: Seams, *, keep: bool = False) -> httpx.Client:
    """A connection of its own for each request, or one that is kept.

    Its own is the rule: a kept one that the server has just closed would look like an
    answer that never came.
    """
    loopback, tls = options.server.loopback, options.server.base_url.startswith("https:")
    headers = {"Accept": "application/json", "User-Agent": f"imagen4-contract/{__version__}"}
    client = httpx.Client(
        base_url=options.server.base_url + "/",
        headers=headers if keep else headers | {"Connection": "close"},
        timeout=options.limits.timeout,
        transport=seams.transport,
        limits=httpx.Limits(max_connections=1 if keep else None, max_keepalive_connections=keep),
        # A proxy or certificate set in the environment has no part in a loopback run.
        trust_env=not loopback,
        # Reading a machine's certificates takes 0.1 s, for nothing where there is no TLS.
        verify=tls or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
    )
    # No cookie goes back, so none is looked for either.
    vars(client.cookies)["extract_cookies"] = lambda _response: None
    return client


def _hold(options: RunOptions, sender: Sender, seams: Seams, converse: Converse) -> str:
    """The conversation; what keeps it from a verdict is a CouldNotRunError, Ctrl-C is told."""
    url = options.server.base_url
    try:
        converse(options, sender, seams)
    except UnreachableError as error:
        raise CouldNotRunError(f"unreachable: {url}: {error}; is the base URL right?") from None
    except NoGatewayError as error:
        raise CouldNotRunError(f"wrong host: {error} at {url}; is the base URL right?") from None
    except KeyboardInterrupt:
        sender.trace.stopped = INTERRUPTED
        return f"interrupted; {_so_far(sender)}"
    if options.server.guessed and refuses_key(sender.trace.exchanges):
        variable = options.server.facts.key_variable
        raise CouldNotRunError(f"no key: the sandbox's was refused; give --api-key or {variable}")
    return ""


def _ask_everything(options: RunOptions, sender: Sender, seams: Seams) -> None:
    patience, seconds = patience_for(options, seams), options.limits.asking
    Conversation(sender, options.phase, options.seed, patience, seconds).hold()


def patience_for(options: RunOptions, seams: Seams) -> Patience:
    limits, full = options.limits, options.phase == "full" or not options.server.loopback
    times = limits.most, limits.spare, full, limits.first_poll, limits.longest_poll
    return Patience(*times, sleep=seams.sleep)


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
