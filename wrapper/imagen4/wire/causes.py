"""What broke an exchange, in words that tell one cause from the other, and without secrets.

httpx says ConnectError of a certificate, a name, a refusal and a reset alike: which of them it
was stands in what that was raised from. It also keeps the request, whose headers hold the key.
"""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

import httpx

from ..core.redaction import one_line, redacted
from ..errors import Imagen4Error, TransportError
from .proxies import had_a_hand

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from .exchange_deadline import SentAndHeard

# How asyncio's TLS asks for more bytes; it is still raised where a time-out comes first.
WAITING = (ssl.SSLWantReadError, ssl.SSLWantWriteError)
# The first that stands anywhere in the chain is the cause.
CAUSES: tuple[tuple[type[Exception], str], ...] = (
    (ssl.SSLCertVerificationError, "the certificate is not accepted"),
    (ssl.SSLError, "TLS failed"),
    (socket.gaierror, "the host's name is not found"),
    (ConnectionRefusedError, "the connection is refused"),
    (ConnectionResetError, "the connection was reset"),
    (ConnectionError, "the connection broke"),
    (httpx.ProxyError, "the proxy refuses"),
    (httpx.ConnectTimeout, "no connection in time"),
    (httpx.PoolTimeout, "no connection was free in time"),
    (httpx.WriteTimeout, "the request did not leave in time"),
    (httpx.ReadTimeout, "no answer in time"),
    (httpx.RemoteProtocolError, "the answer breaks off or is no HTTP"),
    (OSError, "the connection failed"),
)


def cause_of(problem: BaseException, secrets: Collection[str]) -> tuple[str, Exception | None]:
    """The cause in words, and as an exception to chain: a bare one, without frames or request.

    An exception that nobody here knows, say of an injected client's hook, is told by its name.
    """
    links = [link for link in chain(problem) if not isinstance(link, WAITING)]
    for kind, words in CAUSES:
        for link in links:
            if isinstance(link, kind):
                own = own_words(link, secrets)
                bare = kind(*link.args) if isinstance(link, OSError) else kind(own)
                return f"{words} ({named(link, own)})", bare
    return named(problem, own_words(problem, secrets)), None


def chain(problem: BaseException | None) -> Iterator[BaseException]:
    """The exception and what it was raised from, which httpcore says by `from None`.

    A context that nobody suppressed is none: it is what a caller was handling by then.
    """
    while problem is not None:
        yield problem
        if isinstance(problem, BaseExceptionGroup):  # asyncio and anyio: one for each address
            yield from problem.exceptions
        hidden = problem.__context__ if problem.__suppress_context__ else None
        problem = problem.__cause__ or hidden


def named(problem: BaseException, words: str) -> str:
    return f"{type(problem).__name__}: {words}" if words else type(problem).__name__


def own_words(problem: BaseException, secrets: Collection[str]) -> str:
    return one_line(redacted(str(problem), secrets))


def transport_error(
    problem: Exception,
    evidence: SentAndHeard,
    secrets: Collection[str],
    url: str | None,
) -> Imagen4Error:
    """What httpx, or anything below it, raised; without its request, which holds the key.

    url: where it was to go by the environment's settings, which an injected client has of its own.
    """
    if isinstance(problem, Imagen4Error):
        return problem
    sent = evidence.may_have_left(problem)
    reason = "No complete answer came" if sent else "The gateway could not be reached"
    words, cause = cause_of(problem, secrets)
    hand = had_a_hand(url, cause or problem) if url is not None else ""
    error = TransportError(f"{reason}: {words}{hand}")
    error.sent, error.__cause__ = sent, cause
    error.tried = not isinstance(cause, httpx.PoolTimeout)
    return error
