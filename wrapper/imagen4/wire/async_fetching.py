"""One attempt at a picture, for the async client."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from . import fetching
from .async_carriers import async_carriers
from .async_exchange_deadline import AsyncExchangeDeadline
from .fetching import own_errors, request_of

if TYPE_CHECKING:
    import httpx

    from ..core.ports import Download
    from .async_carriers import AsyncCarrier


async def fetch_async(download: Download, lent: AsyncCarrier | None) -> None:
    """The same as `fetch` by awaiting."""
    with own_errors(None):
        carrier = lent or async_carriers(download.url)()
    try:
        with own_errors(download.url if carrier.own else None):
            async with AsyncExchangeDeadline(fetching.LONGEST_HEADERS) as exchange:
                response = await carrier.fetch(request_of(download, exchange))
                try:
                    exchange.extend(download.left)
                    if download.opened(response.status_code, response.headers):
                        async for chunk in cast("httpx.AsyncByteStream", response.stream):
                            download.received(chunk)
                        download.finished()
                finally:  # to its end: what is left half closed keeps its place in a lent pool
                    await asyncio.shield(response.aclose())
    finally:
        await carrier.close()
