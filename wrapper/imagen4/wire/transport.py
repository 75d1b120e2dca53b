"""Sending, and what both clients do alike there: the only place where the key is used.

Our own httpx calls rather than the generated clients': those print the token in their repr,
follow their own rules for redirects, and raise ValueError for codes 433 and 455.
"""

from __future__ import annotations

import json
import logging
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import httpx

from .._version import USER_AGENT
from ..core.echo import prompts_in
from ..facts import protocol
from ..logs import log_exchange, logger
from .answer_reader import AnswerReader, rescued
from .causes import transport_error
from .exchange_deadline import CONNECT_TIMEOUT, ExchangeDeadline
from .fetching import fetch

if TYPE_CHECKING:
    from collections.abc import Collection

    from ..core.answer import Answer
    from ..core.effects import Send
    from ..core.ports import Download
    from ..core.session import Session
    from .carriers import SyncCarrier
    from .connections import Connections
    from .exchange_deadline import SentAndHeard

# Requests on the way at a time. An injected httpx client's pool takes quadratic time over
# those that wait in it (minutes for 2,000), so they wait here.
CONNECTIONS = 50
# A kept connection that the server has closed meanwhile, or on which it is out of step.
STALE = (httpx.NetworkError, httpx.RemoteProtocolError)


# Parsing one is a third of what a poll costs beyond httpx, and the polls of a task share theirs.
parsed_url = lru_cache(maxsize=256)(httpx.URL)


class Wire:
    """Turns calls into requests for one origin."""

    def __init__(self, session: Session) -> None:
        self._session = session
        # httpx.Headers hides the key in its repr.
        self._headers = httpx.Headers(
            {
                "Authorization": f"Bearer {session.key}",
                "Accept": "application/json",
                "Accept-Encoding": "gzip, deflate",
                "Content-Type": "application/json",
                "User-Agent": USER_AGENT,
            }
        )

    def request(self, send: Send, trace: object) -> httpx.Request:
        """Complete by itself: nothing of an injected client's defaults is merged in."""
        call, patience, send.began = send.call, send.timeout, self._session.clock()
        query = f"?{urlencode(call.params, quote_via=quote)}" if call.params else ""
        connect = min(send.patience, CONNECT_TIMEOUT)
        timeout = {"connect": connect, "read": patience, "write": patience, "pool": patience}
        return httpx.Request(
            call.method,
            parsed_url(f"{self._session.base_url}{call.path}{query}"),
            headers=self._headers,
            content=None if call.json is None else json_bytes(call.json),
            extensions={"timeout": timeout, "trace": trace},
        )

    def rescue(
        self, send: Send, exchange: SentAndHeard, problem: BaseException, *, own: bool
    ) -> Answer:
        """The answer, if it was there although something broke; else raises what did.

        What was read of it is kept in any case. own: whether the connection is one of ours.
        """
        if send.answer is None and send.partial is None and not exchange.nothing_left:
            send.partial = read = rescued(self._session, bytes(exchange.heard))
            if read and read.status and isinstance(read.decoded, dict):
                send.answer = read
        if not isinstance(problem, Exception):
            raise problem
        if send.answer is not None:
            return send.answer
        url = self._session.base_url if own else None
        error = transport_error(problem, exchange, self.secrets(send), url)
        raise error from error.__cause__

    def end(self, send: Send, exchange: SentAndHeard) -> None:
        """Note that an exchange is over, whatever came of it, and whether it got to sending."""
        send.started = not exchange.nothing_left
        send.ended = self._session.clock()
        if logger.isEnabledFor(logging.DEBUG):
            log_exchange(send)

    def secrets(self, send: Send) -> Collection[str]:
        """What no text about the exchange may show."""
        return (self._session.key, *prompts_in({protocol.PARAM: send.call.json}))


class SyncWire(Wire):
    """Blocking; pictures do not come over the gateway's connections."""

    def __init__(self, session: Session, connections: Connections[SyncCarrier]) -> None:
        super().__init__(session)
        self.connections = connections

    def send(self, send: Send) -> Answer:
        carrier = self.connections.take(fresh=send.is_write)
        send.started = True
        limits = send.timeout, send.leave_in
        with ExchangeDeadline(*limits, watched=carrier.own, listening=True) as exchange:
            try:
                try:
                    return self._carried(carrier, send, exchange)
                except STALE:
                    if not carrier.kept or send.answer is not None:
                        raise
                    return self._carried(self.connections.take(fresh=True), send, exchange)
            except BaseException as problem:
                return self.rescue(send, exchange, problem, own=carrier.own)
            finally:
                self.end(send, exchange)

    def _carried(self, carrier: SyncCarrier, send: Send, exchange: ExchangeDeadline) -> Answer:
        """One try. After a Ctrl-C the carrier is not even closed.

        It may have fallen between taking and letting go of a lock, on which closing would
        wait for ever.
        """
        try:
            answer = self._sent(carrier, send, exchange)
        except Exception:
            carrier.close()
            raise
        if not self.connections.keep(carrier, wanted=not send.is_write):
            carrier.close()
        return answer

    def _sent(self, carrier: SyncCarrier, send: Send, exchange: ExchangeDeadline) -> Answer:
        request = self.request(send, exchange.observe)
        try:
            response = carrier.send(request)
        except httpx.HTTPStatusError as problem:
            response = answer_of_hook(problem, request)
        read_by = self._session, send, response, exchange.heard
        try:
            reader = AnswerReader(*read_by, timed=carrier.own)
            try:
                for chunk in () if reader.complete else response.iter_raw():
                    reader.add(chunk)
                return reader.answer()
            except BaseException:
                reader.broken()
                raise
        finally:
            response.close()

    def fetch(self, download: Download) -> None:
        fetch(download, self.connections.lent())


def answer_of_hook(problem: httpx.HTTPStatusError, request: httpx.Request) -> httpx.Response:
    """The answer to our request, for which an injected client's hook called raise_for_status().

    A hook may also send requests of its own, whose answers say nothing about ours.
    """
    if problem.response.request is not request:
        raise problem
    return problem.response


def json_bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
