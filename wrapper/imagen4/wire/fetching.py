"""One attempt at a picture."""

from __future__ import annotations

import ssl
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, cast

import httpx

from ..errors import DownloadError, InvalidRequest, TransportError
from .carriers import sync_carriers
from .causes import cause_of
from .exchange_deadline import ExchangeDeadline
from .proxies import had_a_hand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..core.ports import Download
    from .async_exchange_deadline import AsyncExchangeDeadline
    from .carriers import SyncCarrier

TIME_OUTS = httpx.Timeout(30.0, connect=10.0).as_dict()  # seconds
STOPPED_WITHIN = 0.2  # seconds, whatever the host does
LONGEST_HEADERS = 30.0  # seconds; the body of a picture has a limit of its own


def fetch(download: Download, lent: SyncCarrier | None) -> None:
    """lent: the carrier of an injected client; without one, one is made for this attempt."""
    with own_errors(None):
        carrier = lent or sync_carriers(download.url)()
    try:
        carried(download, carrier)
    except Exception:  # after a Ctrl-C, closing might wait for a lock for ever
        carrier.close()
        raise
    carrier.close()


def carried(download: Download, carrier: SyncCarrier) -> None:
    with (
        own_errors(download.url if carrier.own else None),
        DownloadDeadline(download) as exchange,
        closing(carrier.fetch(request_of(download, exchange))) as response,
    ):
        exchange.extend(download.left)
        if download.opened(response.status_code, response.headers):
            for chunk in cast("httpx.SyncByteStream", response.stream):
                download.received(chunk)
            download.finished()


class DownloadDeadline(ExchangeDeadline):
    """A sync download, which looks up from a stalled host to see whether it is to end."""

    longest_read = STOPPED_WITHIN

    def __init__(self, download: Download) -> None:
        super().__init__(LONGEST_HEADERS)
        self._download = download
        download.check_stop()

    def left(self) -> float:
        self._download.check_stop()
        return super().left()


@contextmanager
def own_errors(url: str | None) -> Iterator[None]:
    """What broke an attempt, in our own words; a DownloadError where no further one would help.

    url: where it goes by the environment's settings, which a lent carrier has of its own.

    That is a link that httpx or the name service cannot use; and the end of the program, when
    httpx can no longer import what it needs.
    """
    try:
        yield
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError):
        raise DownloadError("The picture's link cannot be used") from None
    except InvalidRequest as setting:  # of the environment
        raise DownloadError(f"The picture cannot be fetched: {setting.message}") from None
    except ImportError:
        raise DownloadError("The picture cannot be fetched: Python is shutting down") from None
    except (httpx.TransportError, ssl.SSLError) as problem:
        words, cause = cause_of(problem, ())
        hand = had_a_hand(url, cause or problem) if url is not None else ""
        raise TransportError(words + hand) from cause


def request_of(
    download: Download, exchange: ExchangeDeadline | AsyncExchangeDeadline
) -> httpx.Request:
    """A lent connection is not kept, since the pool that it belongs to may have been closed."""
    return httpx.Request(
        "GET",
        download.url,
        headers=download.headers() | {"Connection": "close"},
        extensions={"timeout": TIME_OUTS, "trace": exchange.observe},
    )
