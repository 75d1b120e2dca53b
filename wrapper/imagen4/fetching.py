"""Fetching pictures, sync and async: with clients of their own, which know no key."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, BinaryIO

import httpx

from .errors import DownloadError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable

    from .download import Transfer

TIMEOUT = httpx.Timeout(30.0, connect=10.0)


@cache
def tls() -> ssl.SSLContext:
    """Read the certificates once: it takes longer than a picture from nearby."""
    return httpx.create_ssl_context()


def fresh_link_for(problem: DownloadError, link: str | None) -> str:
    """The new link, if the failure was an old one's age and there is a new one."""
    if link is None:
        raise problem
    return link


class Fetcher:
    """Over httpx.Client. `renew` gives a fresh link for an expired one, or None."""

    def __init__(
        self,
        transfer: Callable[[str], Transfer],
        sleep: Callable[[float], object],
        renew: Callable[[str], str | None],
    ) -> None:
        self._transfer = transfer
        self._sleep = sleep
        self._renew = renew

    def fetch(self, url: str, file: BinaryIO) -> str:
        """Write the picture to the file; its suffix. One fresh link if this one has expired."""
        try:
            return self._fetch(url, file)
        except DownloadError as problem:
            link = self._renew(url) if problem.expired else None
            return self._fetch(fresh_link_for(problem, link), file)

    def _fetch(self, url: str, file: BinaryIO) -> str:
        transfer = self._transfer(url)
        with httpx.Client(verify=tls(), timeout=TIMEOUT, trust_env=transfer.secure) as http:
            while transfer.suffix is None:
                try:
                    self._attempt(http, transfer, file)
                except OSError:
                    raise  # the disk: of the network, httpx makes errors of its own
                except Exception as problem:
                    self._sleep(transfer.broke(problem))
        return transfer.suffix

    def _attempt(self, http: httpx.Client, transfer: Transfer, file: BinaryIO) -> None:
        with http.stream("GET", transfer.url, headers=transfer.headers()) as response:
            if not transfer.opened(response.status_code, response.headers):
                return
            file.seek(transfer.size)
            file.truncate()
            for chunk in response.iter_raw():
                transfer.received(chunk)
                file.write(chunk)
            transfer.finished()


class AsyncFetcher:
    """The same over httpx.AsyncClient. Pieces are written to disk between two awaits."""

    def __init__(
        self,
        transfer: Callable[[str], Transfer],
        sleep: Callable[[float], Awaitable[object]],
        renew: Callable[[str], Awaitable[str | None]],
    ) -> None:
        self._transfer = transfer
        self._sleep = sleep
        self._renew = renew

    async def fetch(self, url: str, file: BinaryIO) -> str:
        try:
            return await self._fetch(url, file)
        except DownloadError as problem:
            link = await self._renew(url) if problem.expired else None
            return await self._fetch(fresh_link_for(problem, link), file)

    async def _fetch(self, url: str, file: BinaryIO) -> str:
        transfer = self._transfer(url)
        async with httpx.AsyncClient(
            verify=tls(), timeout=TIMEOUT, trust_env=transfer.secure
        ) as http:
            while transfer.suffix is None:
                try:
                    await self._attempt(http, transfer, file)
                except OSError:
                    raise
                except Exception as problem:
                    await self._sleep(transfer.broke(problem))
        return transfer.suffix

    async def _attempt(self, http: httpx.AsyncClient, transfer: Transfer, file: BinaryIO) -> None:
        async with http.stream("GET", transfer.url, headers=transfer.headers()) as response:
            if not transfer.opened(response.status_code, response.headers):
                return
            file.seek(transfer.size)
            file.truncate()
            async for chunk in response.aiter_raw():
                transfer.received(chunk)
                file.write(chunk)
            transfer.finished()
