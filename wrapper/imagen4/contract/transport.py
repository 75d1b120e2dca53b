"""The one place every request passes: budget, pace, the key, what becomes of the answer.

No redirect is followed, and the key is put into the header here and taken out of the
answer here, so that nothing else in the suite ever holds it.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import httpx

from ..facts.protocol import CREATE_PATH
from .credentials import authorization
from .deadline import Deadline
from .exchange import ACCOUNT, TIMED_OUT, Case, Exchange, Expect, HttpAnswer, HttpRequest
from .secrets import Secrets
from .steps import EnoughError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .pace import Pace
    from .trace import Trace


MAX_ANSWER = 4 * 1024 * 1024


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


def _hung_up(error: httpx.HTTPError) -> bool:
    """Whether a connection ended before a word of the answer.

    A server may close one it has kept for as long as it likes, also just when it is asked
    (RFC 9112, 9.3.1 and 9.5).
    """
    return isinstance(error, httpx.ReadError | httpx.WriteError) or (
        isinstance(error, httpx.RemoteProtocolError) and "without sending a response" in str(error)
    )


def may_be_accepted(request: HttpRequest) -> bool:
    """Whether a sloppy server could take this for a create.

    However broken the body or the key: only the server knows what it lets pass.
    """
    return request.path == CREATE_PATH


@dataclass
class Sender:
    """Sends requests to one origin, and keeps the trace of what came of them.

    `clock` (monotonic) and `now` (Unix) are seams for tests.
    """

    trace: Trace
    client: httpx.Client
    key: str
    foreign: str
    budget: Budget
    pace: Pace
    timeout: float
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    kept: httpx.Client | None = None
    """Keeps its one connection open from request to request; `client` opens one for each."""
    _keeping: httpx.Client | None = None

    def __post_init__(self) -> None:
        self._opened: dict[str, tuple[Case, str]] = {}
        self._used_up: dict[tuple[str, int], bool] = {}
        self._secrets = Secrets(self.key, self.foreign)
        self._kept_deadline = Deadline(self.timeout)
        self._origin = str(self.client.base_url).rstrip("/")
        self._secrets.permit(self._origin.encode())

    @contextmanager
    def one_connection(self) -> Iterator[None]:
        """What is sent meanwhile goes over one connection, as far as the server keeps it open."""
        self._keeping = self.kept
        try:
            yield
        finally:
            self._keeping = None

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

    def gives_away(self, request: HttpRequest) -> bool:
        """Whether a key stands in what the request says outside its headers.

        A generator draws from the literals of loaded code. A record rightly repeats what was
        said; then no answer could be told from an echo, nor any report be free of keys.
        """
        return self._secrets.given_away(request.text)

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
        self._secrets.permit(request.text)
        started = self.clock()
        try:
            answer = self._answer(request, started)
        except httpx.HTTPError as failure:
            if _is_connect(failure) and not self.trace.exchanges:
                raise UnreachableError(str(failure) or "no connection") from None
            error = self._in_words(failure)
        ended, keep_alive = self.clock(), self._keeping is not None
        times = ended - started, self.now(), ended
        return Exchange(0, request, case.intent, answer, error, task_id, *times, keep_alive)

    def _pay_for(self, request: HttpRequest) -> None:
        if may_be_accepted(request):
            self.budget.take()

    def _in_words(self, failure: httpx.HTTPError) -> str:
        if _is_connect(failure):
            return "no connection any more"
        if isinstance(failure, httpx.TimeoutException):
            return f"{TIMED_OUT} {self.timeout:g} s"
        return f"no complete answer: {failure or type(failure).__name__}"

    def _answer(self, request: HttpRequest, started: float) -> HttpAnswer:
        """Over the kept connection, if there is one; if nothing came back there, over a new one."""
        if self._keeping is not None:
            try:
                return self._fetch(self._keeping, request, started)
            except httpx.HTTPError as failure:
                if not _hung_up(failure):
                    raise
            self._pay_for(request)
        return self._fetch(self.client, request, started)

    def _fetch(self, client: httpx.Client, request: HttpRequest, started: float) -> HttpAnswer:
        """Each request is complete by itself: no cookie goes back, which might let anybody in."""
        asked = httpx.Request(
            request.method,
            f"{self._origin}{request.target}",
            headers=[*client.headers.raw, *self._headers(request)],
            content=request.content,
            extensions={"timeout": client.timeout.as_dict()},
        )
        deadline = self._kept_deadline if client is self.kept else Deadline(self.timeout)
        asked.extensions["trace"] = deadline.trace
        try:
            return self._read(client, asked, started)
        except httpx.HTTPError:
            if deadline.over:
                raise httpx.ReadTimeout("the answer does not end") from None
            raise
        finally:
            deadline.done()

    def _read(self, client: httpx.Client, asked: httpx.Request, started: float) -> HttpAnswer:
        with closing(client.send(asked, stream=True, follow_redirects=False)) as response:
            content = b""
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > MAX_ANSWER:
                    raise httpx.ReadError(f"more than {MAX_ANSWER} bytes")
                if self.clock() - started > self.timeout:
                    raise httpx.ReadTimeout("the answer does not end")
        return self._without_keys(response.status_code, response.headers.multi_items(), content)

    def _headers(self, request: HttpRequest) -> list[tuple[bytes, bytes]]:
        value = authorization(request.credential, self.key, self.foreign)
        headers = [] if value is None else [(b"Authorization", value.encode())]
        if request.content_type is not None:
            headers.append((b"Content-Type", request.content_type.encode()))
        return headers

    def _without_keys(
        self, status: int, headers: list[tuple[str, str]], content: bytes
    ) -> HttpAnswer:
        whole = content + "\n".join([value for _, value in headers]).encode()
        echoed = self._secrets.echoed_in(whole)
        if echoed or self._secrets.given_away(whole):
            clean = self._secrets.taken_out_of
            headers = [(n, clean(v.encode()).decode("utf-8", "replace")) for n, v in headers]
            content = clean(content)
        return HttpAnswer(status, tuple(headers), content, echoed)


def _is_connect(failure: httpx.HTTPError) -> bool:
    return isinstance(failure, httpx.ConnectError | httpx.ConnectTimeout)
