"""One request over HTTP: the key, the connection, the time, and what comes back without keys.

No redirect is followed, and the key is put into the header here and taken out of the
answer here, so that nothing else in the suite ever holds it.
"""

from __future__ import annotations

import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import httpx

from .credentials import authorization
from .deadline import Deadline
from .exchange import HttpAnswer, HttpRequest
from .secrets import Secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_ANSWER = 4 * 1024 * 1024


@dataclass
class Channel:
    """The way to one origin. `clock` is monotonic, and a seam for tests."""

    client: httpx.Client
    key: str
    foreign: str
    timeout: float
    """Seconds for one answer."""
    clock: Callable[[], float] = time.monotonic
    kept: httpx.Client | None = None
    """Keeps its one connection open from request to request; `client` opens one for each."""
    _keeping: httpx.Client | None = None

    def __post_init__(self) -> None:
        self._secrets = Secrets(self.key, self.foreign)
        self._kept_deadline = Deadline(self.timeout)
        self._origin = str(self.client.base_url).rstrip("/")
        self._secrets.permit(self._origin.encode())

    @property
    def keeps(self) -> bool:
        """Whether what is sent now goes over the connection that is kept open."""
        return self._keeping is not None

    @contextmanager
    def one_connection(self) -> Iterator[None]:
        """What is sent meanwhile goes over one connection, as far as the server keeps it open."""
        self._keeping = self.kept
        try:
            yield
        finally:
            self._keeping = None

    def gives_away(self, request: HttpRequest) -> bool:
        """Whether a key stands in what the request says outside its headers.

        A generator draws from the literals of loaded code. A record rightly repeats what was
        said; then no answer could be told from an echo, nor any report be free of keys.
        """
        return self._secrets.given_away(request.text)

    def answer(self, request: HttpRequest, again: Callable[[], None]) -> HttpAnswer:
        """What came back; over the kept connection, if there is one.

        If nothing came back there, over a new one, and `again` is called before. Raises
        httpx.HTTPError.
        """
        self._secrets.permit(request.text)
        started = self.clock()
        if self._keeping is not None:
            try:
                return self._fetch(self._keeping, request, started)
            except httpx.HTTPError as failure:
                if not _hung_up(failure):
                    raise
            again()
        return self._fetch(self.client, request, started)

    def _fetch(self, client: httpx.Client, request: HttpRequest, started: float) -> HttpAnswer:
        """Each request is complete by itself: no cookie goes back, which might let anybody in."""
        asked = httpx.Request(
            request.method,
            _taken_apart(f"{self._origin}{request.target}"),
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


@lru_cache(maxsize=256)
def _taken_apart(address: str) -> httpx.URL:
    """Kept, for most requests are polls, and repeat theirs."""
    return httpx.URL(address)


def _hung_up(error: httpx.HTTPError) -> bool:
    """Whether a connection ended before a word of the answer.

    A server may close one it has kept for as long as it likes, also just when it is asked
    (RFC 9112, 9.3.1 and 9.5).
    """
    return isinstance(error, httpx.ReadError | httpx.WriteError) or (
        isinstance(error, httpx.RemoteProtocolError) and "without sending a response" in str(error)
    )
