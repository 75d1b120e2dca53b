"""The one place every request passes: budget, pace, and what becomes of the answer."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import httpx

from ..facts.protocol import CREATE_PATH
from .exchange import ACCOUNT, TIMED_OUT, Case, Exchange, Expect, HttpRequest
from .steps import EnoughError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .channel import Channel
    from .pace import Pace
    from .trace import Trace


class BudgetSpentError(Exception):
    """The request might be accepted, and so paid for, and the budget is used up."""


class UnreachableError(Exception):
    """There is no server."""


@dataclass
class Budget:
    """How many requests may still be sent that could be accepted as a create.

    `left` is None where creates cost nothing, which is loopback only.
    """

    left: int | None
    spent: int = 0

    def must_have_left(self) -> None:
        """Raises BudgetSpentError where nothing is."""
        if self.left is not None and self.left <= 0:
            raise BudgetSpentError

    def take(self) -> None:
        self.must_have_left()
        if self.left is not None:
            self.left -= 1
        self.spent += 1


def may_be_accepted(request: HttpRequest) -> bool:
    """Whether a sloppy server could take this for a create.

    However broken the body or the key: only the server knows what it lets pass.
    """
    return request.path == CREATE_PATH


@dataclass
class Sender:
    """Sends requests to one origin, and keeps the trace of what came of them.

    `now` (Unix) is a seam for tests, as is the channel's clock.
    """

    trace: Trace
    channel: Channel
    budget: Budget
    pace: Pace
    now: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        self._opened: dict[str, tuple[Case, str]] = {}
        self._used_up: dict[tuple[str, int], bool] = {}

    @property
    def clock(self) -> Callable[[], float]:
        return self.channel.clock

    def send(self, case: Case, task_id: str = "") -> Exchange:
        """Send a request, at the server's pace, and record what came of it.

        Not recorded, and without a number, is what an account refuses that has nothing left.
        BudgetSpentError before anything is sent; UnreachableError when nobody is there;
        EnoughError when nothing comes further than a proxy any more.
        """
        return self._settled(self._exchange(case, task_id), case, task_id)

    def _settled(self, exchange: Exchange, case: Case, task_id: str = "") -> Exchange:
        waits = self.pace.waits()
        for seconds in waits:
            if not self._comes_later(exchange):
                break
            self.pace.sleep(seconds)
            try:
                again = self._exchange(case, task_id)
            except BudgetSpentError:
                break
            self.trace.limited |= exchange.limited
            if not exchange.limited:
                self._record(exchange)
            exchange = again
        else:
            if waits and self._comes_later(exchange):
                self._give_up(exchange)
        if self._is_used_up(exchange):
            told = f"refused with {exchange.verdict}, as is by now what was accepted before"
            self.trace.skipped.append((case.intent, told))
            return exchange
        return self._record(exchange)

    def _comes_later(self, exchange: Exchange) -> bool:
        """Whether it is sent again: not behind a proxy that has let nothing through so far.

        Nor a create that costs: it may have been the answer that went no further.
        """
        paid = self.budget.left is not None and may_be_accepted(exchange.request)
        return exchange.limited or (exchange.by_proxy and bool(self.trace.answered) and not paid)

    def _give_up(self, exchange: Exchange) -> None:
        """Of a limit that is used up other requests may know nothing; behind a proxy all are."""
        self.pace.exhausted = True
        if not exchange.limited:
            self._record(exchange)
            raise EnoughError(f"nothing came further than a proxy any more: {exchange.told}")

    def _is_used_up(self, exchange: Exchange) -> bool:
        """Whether the account is at fault: what was accepted before is asked again, and refused."""
        path, code = exchange.request.path, exchange.verdict.effective
        if code is None or code not in ACCOUNT or path not in self._opened:
            return False
        if (path, code) not in self._used_up:
            try:
                again = self._exchange(*self._opened[path])
            except BudgetSpentError:
                return False
            self._used_up[path, code] = again.verdict.effective == code
            if not self._used_up[path, code]:
                self._record(again)
        return self._used_up[path, code]

    def send_at_once(self, cases: Sequence[Case]) -> list[Exchange]:
        """Send requests at the same time and record them in their order.

        One after the other where the pace is kept; likewise what has to be sent again.
        """
        if self.pace.kept or self.budget.left is not None:
            return [self.send(case) for case in cases]
        with ThreadPoolExecutor(len(cases)) as pool:
            exchanges = list(pool.map(self._exchange, cases))
        return [
            self._settled(exchange, case) for case, exchange in zip(cases, exchanges, strict=True)
        ]

    def _record(self, exchange: Exchange) -> Exchange:
        numbered = replace(exchange, number=len(self.trace.exchanges) + 1)
        vars(numbered)["reading"] = exchange.reading  # as it was read already
        self.trace.append(numbered)
        if exchange.intent.expect is Expect.ACCEPT and exchange.verdict.accepted:
            accepted = Case(exchange.request, exchange.intent), exchange.task_id
            self._opened.setdefault(exchange.request.path, accepted)
        return numbered

    def _exchange(self, case: Case, task_id: str = "") -> Exchange:
        """Send it once. Whatever came of it has no number yet: two may be under way."""
        request, answer, error = case.request, None, ""
        if may_be_accepted(request):  # no turn is waited for that nobody takes
            self.budget.must_have_left()
        self.pace.wait(request.path)
        self._pay_for(request)
        started = self.clock()
        try:
            answer = self.channel.answer(request, again=lambda: self._pay_for(request))
        except httpx.HTTPError as failure:
            if _is_connect(failure) and not self.trace.exchanges:
                raise UnreachableError(str(failure) or "no connection") from None
            error = self._in_words(failure)
        ended, keep_alive = self.clock(), self.channel.keeps
        times = ended - started, self.now(), ended
        return Exchange(0, request, case.intent, answer, error, task_id, *times, keep_alive)

    def _pay_for(self, request: HttpRequest) -> None:
        if may_be_accepted(request):
            self.budget.take()

    def _in_words(self, failure: httpx.HTTPError) -> str:
        if _is_connect(failure):
            return "no connection any more"
        if isinstance(failure, httpx.TimeoutException):
            return f"{TIMED_OUT} {self.channel.timeout:g} s"
        return f"no complete answer: {failure or type(failure).__name__}"


def _is_connect(failure: httpx.HTTPError) -> bool:
    return isinstance(failure, httpx.ConnectError | httpx.ConnectTimeout)
