"""Connecting within one time limit, however many addresses a host has."""

from __future__ import annotations

import socket
from _thread import start_new_thread
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING

import httpcore

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORTEST = 0.01  # seconds; 0 would mean not to wait at all


class BoundedBackend(httpcore.SyncBackend):
    """httpcore's, which gives each address of a host all the time, and finding them any time.

    anyio, under the async client, looks at all of them within the time for one.
    """

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        if timeout is None:
            return super().connect_tcp(host, port, None, local_address, socket_options)
        until = monotonic() + timeout
        addresses = addresses_of(host, port, timeout)
        for others, address in reversed(list(enumerate(reversed(addresses)))):
            share = max((until - monotonic()) / (others + 1), SHORTEST)
            try:
                return super().connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not others:
                    raise
        raise httpcore.ConnectError("The host has no address")


def addresses_of(host: str, port: int, seconds: float) -> list[str]:
    """A host's addresses; asked on a thread, since nothing else ends the asking in time."""
    if is_address(host):
        return [host]
    found: SimpleQueue[list[str] | OSError] = SimpleQueue()

    def ask() -> None:
        try:
            every = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.put([str(each[4][0]) for each in every])
        except OSError as problem:
            found.put(problem)
        except UnicodeError as problem:  # a part of the name is too long, or empty
            found.put(socket.gaierror(str(problem)))

    start_new_thread(ask, ())
    try:
        answer = found.get(timeout=seconds)
    except Empty:
        raise httpcore.ConnectTimeout("The host's name was not found in time") from None
    if isinstance(answer, OSError):
        failed = httpcore.ConnectError(str(answer))
        failed.__context__ = answer  # httpcore raises it again `from None`
        raise failed
    return answer


def is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
