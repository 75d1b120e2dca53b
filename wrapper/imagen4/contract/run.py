"""One run against one server: from options to what is to be said about it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from imagen4.contract import deviations, document
from imagen4.contract.checks import findings
from imagen4.contract.checks.requests import blocked_by_account
from imagen4.contract.conversation import Conversation, NoGatewayError
from imagen4.contract.credentials import foreign_key
from imagen4.contract.exchange import Expect
from imagen4.contract.follow import Patience
from imagen4.contract.pace import Pace
from imagen4.contract.target import CouldNotRunError, Target
from imagen4.contract.trace import Trace, created_id, refuses_key
from imagen4.contract.transport import Budget, Session, UnreachableError

TIMEOUTS = {True: 5.0, False: 30.0}
"""Seconds to wait for an answer, on loopback and elsewhere."""
FIRST_POLL = {True: 0.02, False: 2.5}
LONGEST_POLL = {True: 1.0, False: 15.0}
SECONDS_TO_END = {
    ("quick", True): 14.0,
    ("full", True): 60.0,
    ("quick", False): 900.0,
    ("full", False): 900.0,
}
"""doc: give up after 10 to 15 minutes. The sandbox takes 8 s by default.

Quick is over so long after it began, or soon after it has asked; elsewhere and in full
every task gets its time.
"""
LEAST = 2.0
SECONDS_TO_ASK = {
    ("quick", True): 30.0,
    ("full", True): 75.0,
    ("quick", False): 1800.0,
    ("full", False): 3600.0,
}
"""However slow the answers are. Elsewhere the pace and the time-outs make it long."""


@dataclass(frozen=True)
class Options:
    """What one run is told."""

    target: Target
    profile: str = "auto"
    seed: int = 0
    phase: str = "quick"
    max_paid: int = 1
    foreign_key: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What a run has shown. `blocked` says why creates could not be checked at all."""

    options: Options
    trace: Trace
    sorted: deviations.Sorted
    seconds: float
    paid: int
    blocked: str = ""

    @property
    def exit_code(self) -> int:
        if self.sorted.violations:
            return 1
        return 2 if self.blocked else 0


@dataclass(frozen=True)
class Seams:
    """What tests replace: the network and the time."""

    transport: httpx.BaseTransport | None = None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time


def run(
    options: Options, seams: Seams | None = None, contract: document.Document | None = None
) -> Outcome:
    """Hold the whole conversation and judge it; CouldNotRunError if it cannot begin."""
    seams = seams or Seams()
    started = seams.clock()
    with _client(options, seams) as client, _client(options, seams, keep=True) as kept:
        session = _session(options, client, kept, seams)
        trace = _hold(options, session, seams, contract or document.load(options.target.gateway))
    if options.target.guessed and refuses_key(trace.exchanges):
        variable = options.target.variable
        raise CouldNotRunError(f"no key: the sandbox's was refused; give --api-key or {variable}")
    found = deviations.sort(trace, findings(trace))
    seconds = seams.clock() - started
    paid = 0 if options.target.loopback else session.budget.spent
    return Outcome(options, trace, found, seconds, paid, _blocked(trace))


def _client(options: Options, seams: Seams, *, keep: bool = False) -> httpx.Client:
    """A connection of its own for each request, or one that is kept.

    Its own is the rule: a kept one that the server has just closed would look like an
    answer that never came.
    """
    loopback = options.target.loopback
    return httpx.Client(
        base_url=options.target.base_url + "/",
        headers={} if keep else {"Connection": "close"},
        timeout=TIMEOUTS[loopback],
        transport=seams.transport,
        limits=httpx.Limits(max_connections=1 if keep else None, max_keepalive_connections=keep),
        # A proxy or certificate set in the environment has no part in a loopback run.
        trust_env=not loopback,
    )


def _session(options: Options, client: httpx.Client, kept: httpx.Client, seams: Seams) -> Session:
    target = options.target
    return Session(
        client,
        target.key,
        foreign_key(target.gateway, target.key, options.foreign_key),
        Budget(None if target.loopback else options.max_paid),
        Pace(not target.loopback, seams.clock, seams.sleep),
        TIMEOUTS[target.loopback],
        seams.clock,
        seams.now,
        kept=kept,
    )


def _hold(options: Options, session: Session, seams: Seams, contract: document.Document) -> Trace:
    loopback = options.target.loopback
    patient = options.phase == "full" or not loopback
    to_end = SECONDS_TO_END[options.phase, loopback]
    patience = Patience(
        to_end,
        to_end if patient else LEAST,
        patient,
        FIRST_POLL[loopback],
        LONGEST_POLL[loopback],
        sleep=seams.sleep,
    )
    conversation = Conversation(
        session,
        contract,
        loopback,
        options.phase,
        options.seed,
        patience,
        SECONDS_TO_ASK[options.phase, loopback],
        options.profile,
    )
    try:
        return conversation.hold()
    except UnreachableError as error:
        url = options.target.base_url
        raise CouldNotRunError(f"unreachable: {url}: {error}") from None
    except NoGatewayError as error:
        raise CouldNotRunError(f"wrong host: {error} at {options.target.base_url}") from None
    except KeyboardInterrupt:
        raise CouldNotRunError(f"interrupted; {_so_far(session, loopback=loopback)}") from None


def _so_far(session: Session, *, loopback: bool) -> str:
    """What an interrupted run has done, and may have spent."""
    sent = f"requests sent: {len(session.exchanges)}"
    if loopback:
        return sent
    tasks = ", ".join(filter(None, map(created_id, session.exchanges))) or "none"
    return f"{sent}, may have been paid for: {session.budget.spent}, tasks: {tasks}"


def _blocked(trace: Trace) -> str:
    code = blocked_by_account(trace)
    if code is None:
        return ""
    first = next(trace.expecting(Expect.ACCEPT))
    return f"every create was refused with code {code} {first.message!r}"
