"""The one place every request passes: budget, pace, the key, what becomes of the answer.

No redirect is followed, and the key is put into the header here and taken out of the
answer here, so that nothing else in the suite ever holds it.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import httpx

from imagen4._version import __version__
from imagen4.contract.credentials import authorization
from imagen4.contract.document import CREATE
from imagen4.contract.exchange import TIMED_OUT, Answer, Exchange, Planned, Request
from imagen4.contract.pace import Pace
from imagen4.contract.secrets import Secrets

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

    def take(self) -> None:
        if self.left is not None:
            if self.left <= 0:
                raise BudgetSpentError
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


def may_be_accepted(request: Request) -> bool:
    """Whether a sloppy server could take this for a create.

    However broken the body or the key: only the server knows what it lets pass.
    """
    return request.path == CREATE


def _said(request: Request) -> bytes:
    """What a request says outside its headers."""
    return request.target.encode() + b"\n" + (request.content or b"")


@dataclass
class Session:
    """Sends requests to one origin. `clock` (monotonic) and `now` (Unix) are seams for tests."""

    client: httpx.Client
    key: str
    foreign: str
    budget: Budget
    pace: Pace
    timeout: float
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    exchanges: list[Exchange] = field(default_factory=list)
    limited: bool = False
    """Whether some request was refused with 429 and sent again."""
    kept: httpx.Client | None = None
    """Keeps its one connection open from request to request; `client` opens one for each."""
    _keeping: httpx.Client | None = None

    def __post_init__(self) -> None:
        self._secrets = Secrets(self.key, self.foreign)
        self._secrets.say(str(self.client.base_url).encode())

    @contextmanager
    def one_connection(self) -> Iterator[None]:
        """What is sent meanwhile goes over one connection, as far as the server keeps it open."""
        self._keeping = self.kept
        try:
            yield
        finally:
            self._keeping = None

    def send(self, planned: Planned, task: str = "") -> Exchange:
        """Send a request, at the server's pace, and record what came of it.

        BudgetSpentError before anything is sent; UnreachableError when nobody is there.
        """
        exchange = self._exchange(planned, task)
        for seconds in self.pace.waits():
            if exchange.verdict.effective != 429:
                break
            self.limited = True
            self.pace.sleep(seconds)
            try:
                exchange = self._exchange(planned, task)
            except BudgetSpentError:
                break
        self.pace.hopeless = self.pace.hopeless or exchange.verdict.effective == 429
        return self._record(exchange)

    def gives_away(self, request: Request) -> bool:
        """Whether a key stands in what the request says outside its headers.

        A generator draws from the literals of loaded code. A record rightly repeats what was
        said; then no answer could be told from an echo, nor any report be free of keys.
        """
        return self._secrets.given_away(_said(request))

    def send_at_once(self, plans: Sequence[Planned]) -> list[Exchange]:
        """Send requests at the same time and record them in their order.

        One after the other where the pace is kept; likewise, once more, what got a 429.
        """
        if self.pace.kept or self.budget.left is not None:
            return [self.send(plan) for plan in plans]
        with ThreadPoolExecutor(len(plans)) as pool:
            exchanges = list(pool.map(self._exchange, plans, [""] * len(plans)))
        return [
            self.send(plan) if exchange.verdict.effective == 429 else self._record(exchange)
            for plan, exchange in zip(plans, exchanges, strict=True)
        ]

    def _record(self, exchange: Exchange) -> Exchange:
        numbered = replace(exchange, number=len(self.exchanges) + 1)
        self.exchanges.append(numbered)
        return numbered

    def _exchange(self, planned: Planned, task: str) -> Exchange:
        self.pace.wait(planned.request.path)
        if may_be_accepted(planned.request):
            self.budget.take()
        self._secrets.say(_said(planned.request))
        started = self.clock()
        answer, trouble = self._attempt(planned.request, started)
        ended = self.clock()
        return Exchange(
            0,
            planned.request,
            planned.intent,
            answer,
            trouble,
            task,
            ended - started,
            self.now(),
            ended,
            kept=self._keeping is not None,
        )

    def _attempt(self, request: Request, started: float) -> tuple[Answer | None, str]:
        try:
            return self._asked(request, started), ""
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            if not self.exchanges:
                raise UnreachableError(str(error) or "no connection") from None
            return None, "no connection any more"
        except httpx.TimeoutException:
            return None, f"{TIMED_OUT} {self.timeout:g} s"
        except httpx.HTTPError as error:
            return None, f"no complete answer: {error or type(error).__name__}"

    def _asked(self, request: Request, started: float) -> Answer:
        """Over the kept connection, if there is one; if nothing came back there, over a new one."""
        if self._keeping is not None:
            try:
                return self._over(self._keeping, request, started)
            except httpx.HTTPError as error:
                if not _hung_up(error):
                    raise
            if may_be_accepted(request):
                self.budget.take()
        return self._over(self.client, request, started)

    def _over(self, client: httpx.Client, request: Request, started: float) -> Answer:
        with client.stream(
            request.method,
            request.target.lstrip("/"),
            headers=self._headers(request),
            content=request.content,
            follow_redirects=False,
        ) as response:
            return self._answer(response, self._read(response, started))

    def _headers(self, request: Request) -> dict[str, str]:
        headers = {"Accept": "application/json", "User-Agent": f"imagen4-contract/{__version__}"}
        value = authorization(request.credential, self.key, self.foreign)
        if value is not None:
            headers["Authorization"] = value
        if request.content_type is not None:
            headers["Content-Type"] = request.content_type
        return headers

    def _read(self, response: httpx.Response, started: float) -> bytes:
        content = b""
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > MAX_ANSWER:
                raise httpx.ReadError(f"more than {MAX_ANSWER} bytes")
            if self.clock() - started > self.timeout:
                raise httpx.ReadTimeout("the answer does not end")
        return content

    def _answer(self, response: httpx.Response, content: bytes) -> Answer:
        headers = [(name, value) for name, value in response.headers.multi_items()]
        whole = content + "\n".join(value for _, value in headers).encode()
        clean = self._secrets.taken_out_of
        shown = tuple((n, clean(v.encode()).decode("utf-8", "replace")) for n, v in headers)
        echoed = self._secrets.echoed_in(whole)
        return Answer(response.status_code, shown, clean(content), echoed)
